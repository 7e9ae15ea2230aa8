insert into imports (
  tenant_id, id, file_name, size_bytes, content_hash, status, phase, created_by, created_at,
  rows_read, rows_applied, rows_skipped, rows_failed, chunks, next_chunk,
  orders_created, orders_updated, shipments_created, shipments_updated,
  events_new, events_duplicate, events_out_of_order, warnings, lease_until, attempts
)
values ($1, $2, $3, $4, $5, $8, 'waiting', $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '[]', 0, 0)
