update carrier_connections
set state = $5, detail = null, answered_at = $6, failures = 0
where tenant_id = $1 and carrier = $2 and entity_id = $3 and version = $4
