select id, version, status, total_minor
from orders
where tenant_id = $1 and id > $2
order by id
limit $3
