insert into customers (
  tenant_id, id, version, phone_blind, phone_sealed, name_sealed, email_blind, email_sealed, orders_count,
  created_at, updated_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (tenant_id, id) do update set
  version = excluded.version, name_sealed = excluded.name_sealed, email_blind = excluded.email_blind,
  email_sealed = excluded.email_sealed, orders_count = excluded.orders_count, updated_at = excluded.updated_at
