update carrier_connections
set state = $4, detail = $5, tested_at = $6, failures = $7, due_at = $8
where tenant_id = $1 and carrier = $2 and version = $3
