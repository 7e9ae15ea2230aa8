select e.shipment_id, e.out_of_order, e.occurred_at, e.source, e.status, e.status_known
from shipment_events e
where e.tenant_id = $1 and e.shipment_id > $2 and e.shipment_id <= $3
order by e.shipment_id, e.received_at, e.id
