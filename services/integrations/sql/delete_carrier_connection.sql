delete from carrier_connections where tenant_id = $1 and carrier = $2 and entity_id = $3 and version = $4
