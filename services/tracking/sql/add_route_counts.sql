insert into route_counts (
  tenant_id, month, city_key, carrier_code, city_name, shipments, delivered, returned, timed, hours, collected_minor,
  freight_minor, return_cost_minor, collect_known, freight_known, return_cost_known, returned_freight_minor
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
on conflict (tenant_id, month, city_key, carrier_code) do update
set shipments = route_counts.shipments + excluded.shipments,
  delivered = route_counts.delivered + excluded.delivered,
  returned = route_counts.returned + excluded.returned,
  timed = route_counts.timed + excluded.timed,
  hours = route_counts.hours + excluded.hours,
  collected_minor = route_counts.collected_minor + excluded.collected_minor,
  freight_minor = route_counts.freight_minor + excluded.freight_minor,
  return_cost_minor = route_counts.return_cost_minor + excluded.return_cost_minor,
  collect_known = route_counts.collect_known + excluded.collect_known,
  freight_known = route_counts.freight_known + excluded.freight_known,
  return_cost_known = route_counts.return_cost_known + excluded.return_cost_known,
  returned_freight_minor = route_counts.returned_freight_minor + excluded.returned_freight_minor
