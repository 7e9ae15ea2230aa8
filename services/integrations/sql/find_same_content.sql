where i.tenant_id = $1 and i.content_hash = $2 and i.status <> 'failed' and i.status <> 'held'
