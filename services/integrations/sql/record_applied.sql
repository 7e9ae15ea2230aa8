update imports
set next_chunk = $14, rows_applied = rows_applied + $4,
  orders_created = orders_created + $5, orders_updated = orders_updated + $6,
  shipments_created = shipments_created + $7, shipments_updated = shipments_updated + $8,
  events_new = events_new + $9, events_duplicate = events_duplicate + $10,
  events_out_of_order = events_out_of_order + $11, lease_until = $12, attempts = 0
where tenant_id = $1 and id = $2 and lease_owner = $3 and next_chunk = $13
