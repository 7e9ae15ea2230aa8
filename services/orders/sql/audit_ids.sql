with wanted (tenant_id, id) as (values ($1, $2))
select o.id, o.total_minor
from wanted w
join orders o on o.tenant_id = w.tenant_id and o.id = w.id
