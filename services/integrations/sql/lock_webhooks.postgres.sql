-- reason: PostgreSQL has many writers: what another worker is at is left to it; SQLite has one.
with wanted (tenant_id, id) as (values ($1, $2))
select i.id
from wanted w
join webhook_inbox i on i.tenant_id = w.tenant_id and i.id = w.id
where i.state = 'received'
order by i.id
for update of i skip locked
