with wanted (tenant_id, phone_blind) as (values ($1, $2))
select c.id, c.version, c.phone_blind, c.phone_sealed, c.name_sealed, c.email_blind, c.email_sealed,
  c.orders_count, c.created_at
from wanted w
join customers c on c.tenant_id = w.tenant_id and c.phone_blind = w.phone_blind
