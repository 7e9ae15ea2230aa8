select o.id, o.version, o.source, o.external_ref, o.number, o.status, o.customer_id,
  o.recipient_name_sealed, o.recipient_phone_sealed, o.address_sealed,
  o.city_name, o.city_department, o.city_code, o.city_ambiguous, o.total_minor, o.currency, o.payment_method,
  o.carrier_code, o.tracking_number, o.items, o.seller, o.store, o.test,
  o.placed_at, o.source_updated_at, o.created_at, o.updated_at
