update carrier_connections
set state = $5, detail = $6, failures = $7, due_at = $8
where tenant_id = $1 and carrier = $2 and entity_id = $3 and version = $4
