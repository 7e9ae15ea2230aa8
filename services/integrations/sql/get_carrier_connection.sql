where c.tenant_id = $1 and c.carrier = $2
