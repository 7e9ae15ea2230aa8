with wanted (tenant_id, id) as (values ($1, $2))
select u.id, u.name_sealed
from wanted w
join users u on u.tenant_id = w.tenant_id and u.id = w.id
