insert into orders (
  tenant_id, id, version, source, external_ref, number, status, customer_id, recipient_name_sealed,
  recipient_phone_sealed, address_sealed, city_name, city_department, city_code, city_ambiguous, total_minor,
  currency, payment_method, carrier_code, tracking_number, items, seller, store, test, placed_at,
  source_updated_at, created_at, updated_at
)
values (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
  $24, $25, $26, $27, $28
)
