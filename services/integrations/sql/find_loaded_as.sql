where i.tenant_id = $1 and i.status <> 'failed' and i.status <> 'held'
  and i.content_hash = (select w.content_hash from imports w where w.tenant_id = $1 and w.id = $2)
