-- reason: PostgreSQL has many writers, so the rows are locked until the commit; SQLite has one.
with wanted (tenant_id, phone_blind) as (values ($1, $2))
select c.id, c.version, c.phone_blind, c.phone_sealed, c.name_sealed, c.email_blind, c.email_sealed,
  c.orders_count, c.created_at
from wanted w
join customers c on c.tenant_id = w.tenant_id and c.phone_blind = w.phone_blind
order by c.id
for update of c
