insert into orders (
  tenant_id, id, version, source, external_ref, number, status, customer_id, recipient_name_sealed,
  recipient_phone_sealed, address_sealed, city_name, city_department, city_code, city_ambiguous, total_minor,
  currency, payment_method, carrier_code, tracking_number, items, seller, store, test, placed_at,
  source_updated_at, created_at, updated_at
)
