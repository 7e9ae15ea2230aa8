insert into batch_counts (tenant_id, batch_id, carrier_code, status, shipments, reviewed)
values ($1, $2, $3, $4, $5, $6)
on conflict (tenant_id, batch_id, carrier_code, status) do update
set shipments = batch_counts.shipments + excluded.shipments, reviewed = batch_counts.reviewed + excluded.reviewed
