select order_id, count(*), cast(sum(collect_minor) as bigint)
from shipments
where tenant_id = $1 and order_id is not null and status = 'DELIVERED' and collect_minor > 0
group by order_id
having count(*) > 1
order by order_id
