update batches
set filling = false
where tenant_id = $1 and import_id = $2 and filling
