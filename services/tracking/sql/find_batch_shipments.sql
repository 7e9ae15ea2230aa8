with wanted (tenant_id, batch_id, shipment_id) as (values ($1, $2, $3))
select b.shipment_id, b.carrier_code, b.status, b.reviewed_at, b.reviewed_by_user, b.reviewed_by_key
from wanted w
join batch_shipments b on b.tenant_id = w.tenant_id and b.batch_id = w.batch_id and b.shipment_id = w.shipment_id
