select o.id
from orders o
left join customers c on c.tenant_id = o.tenant_id and c.id = o.customer_id
where o.tenant_id = $1 and o.customer_id is not null and c.id is null
order by o.id
limit $2
