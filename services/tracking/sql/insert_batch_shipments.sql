insert into batch_shipments (tenant_id, batch_id, shipment_id, carrier_code, status)
values ($1, $2, $3, $4, $5)
