update carrier_connections
set state = $5, detail = $6, tested_at = $7, failures = $8, due_at = $9
where tenant_id = $1 and carrier = $2 and entity_id = $3 and version = $4
