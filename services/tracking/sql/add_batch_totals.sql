update batches
set shipments = shipments + $3, reviewed = reviewed + $4
where tenant_id = $1 and id = $2
