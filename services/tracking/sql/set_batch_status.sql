update batches
set status = $3, version = $4, closed_at = $5
where tenant_id = $1 and id = $2
