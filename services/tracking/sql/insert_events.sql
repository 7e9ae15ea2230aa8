insert into shipment_events (
  tenant_id, id, shipment_id, occurred_at, received_at, status, status_known, exception_reason, raw_status,
  movement_text, novelty, city_name, source, payload_hash, out_of_order, import_id,
  stated_status, stated_reason
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
