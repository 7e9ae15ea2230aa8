update carrier_connections
set state = $4, detail = null, answered_at = $5, failures = 0
where tenant_id = $1 and carrier = $2 and version = $3
