delete from carrier_connections where tenant_id = $1 and carrier = $2 and version = $3
