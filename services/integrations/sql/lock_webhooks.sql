with wanted (tenant_id, id) as (values ($1, $2))
select i.id
from wanted w
join webhook_inbox i on i.tenant_id = w.tenant_id and i.id = w.id
where i.state = 'received'
