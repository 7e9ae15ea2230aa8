update carrier_connections
set state = $4, detail = $5, failures = $6, due_at = $7
where tenant_id = $1 and carrier = $2 and version = $3
