update carrier_connections
set reached = $4, due_at = $5
where tenant_id = $1 and carrier = $2 and version = $3
