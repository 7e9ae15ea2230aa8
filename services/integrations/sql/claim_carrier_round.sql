update carrier_connections
set due_at = $4
where tenant_id = $1 and carrier = $2 and due_at <= $3
