select seq, body_sealed
from import_failed_rows
where tenant_id = $1 and import_id = $2 and seq > $3
order by seq
limit 500
