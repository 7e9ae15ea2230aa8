select row_number, column_name, value_sealed, row_left_out, reason
from import_failures
where tenant_id = $1 and import_id = $2
order by seq
limit $3
