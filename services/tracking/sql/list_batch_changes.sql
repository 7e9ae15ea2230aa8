select a.shipment_id, a.status, b.status
from batch_shipments a
join batch_shipments b on b.tenant_id = a.tenant_id and b.batch_id = $3 and b.shipment_id = a.shipment_id
where a.tenant_id = $1 and a.batch_id = $2 and a.shipment_id > $4 and a.status <> b.status
order by a.shipment_id
limit $5
