values (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
  $24, $25, $26, $27, $28
)
on conflict (tenant_id, id) do update set
  version = excluded.version, number = excluded.number, status = excluded.status, customer_id =
  excluded.customer_id, recipient_name_sealed = excluded.recipient_name_sealed, recipient_phone_sealed =
  excluded.recipient_phone_sealed, address_sealed = excluded.address_sealed, city_name = excluded.city_name,
  city_department = excluded.city_department, city_code = excluded.city_code, city_ambiguous =
  excluded.city_ambiguous, total_minor = excluded.total_minor, currency = excluded.currency, payment_method =
  excluded.payment_method, carrier_code = excluded.carrier_code, tracking_number = excluded.tracking_number,
  items = excluded.items, seller = excluded.seller, store = excluded.store, test = excluded.test, placed_at =
  excluded.placed_at, source_updated_at = excluded.source_updated_at, updated_at = excluded.updated_at
