where i.tenant_id = $1 and i.id = $2
