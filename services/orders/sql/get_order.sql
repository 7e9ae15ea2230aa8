from orders o
where o.tenant_id = $1 and o.id = $2
