where i.tenant_id = $1 and (i.created_at, i.id) < ($2, $3)
order by i.created_at desc, i.id desc
limit $4
