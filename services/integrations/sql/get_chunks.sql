select body_sealed
from import_chunks
where tenant_id = $1 and import_id = $2 and seq >= $3 and seq < $4
order by seq
