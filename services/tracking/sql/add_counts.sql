insert into shipment_counts (tenant_id, risk_level, terminal, shipments)
values ($1, $2, $3, $4)
on conflict (tenant_id, risk_level, terminal) do update
set shipments = shipment_counts.shipments + excluded.shipments
