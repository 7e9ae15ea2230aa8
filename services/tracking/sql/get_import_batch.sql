where b.tenant_id = $1 and b.import_id = $2
