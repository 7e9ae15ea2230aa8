insert into batch_shipments (
  tenant_id, batch_id, shipment_id, carrier_code, status, reviewed_at, reviewed_by_user, reviewed_by_key
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (tenant_id, batch_id, shipment_id) do update
set carrier_code = excluded.carrier_code, status = excluded.status, reviewed_at = excluded.reviewed_at,
  reviewed_by_user = excluded.reviewed_by_user, reviewed_by_key = excluded.reviewed_by_key
