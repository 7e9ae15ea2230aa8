from orders o
where o.tenant_id = $1 and o.test and (o.placed_at, o.id) < ($2, $3) and ($5 = '' or o.status = $5)
order by o.placed_at desc, o.id desc
limit $4
