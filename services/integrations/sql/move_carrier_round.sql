update carrier_connections
set reached = $5, due_at = $6
where tenant_id = $1 and carrier = $2 and entity_id = $3 and version = $4
