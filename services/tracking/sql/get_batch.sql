where b.tenant_id = $1 and b.id = $2
