insert into office_extensions (
  tenant_id, id, shipment_id, days, reason, extended_at, extended_by_user, extended_by_key
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
