from orders o
where o.tenant_id = $1 and not o.test and o.status = $5 and (o.placed_at, o.id) < ($2, $3)
order by o.placed_at desc, o.id desc
limit $4
