select c.id, c.orders_count, count(o.id)
from customers c
left join orders o on o.tenant_id = c.tenant_id and o.customer_id = c.id and not o.test
where c.tenant_id = $1 and c.id > $2
group by c.id, c.orders_count
order by c.id
limit $3
