with wanted (tenant_id, shipment_id, payload_hash) as (values ($1, $2, $3))
select e.shipment_id, e.payload_hash
from wanted w
join shipment_events e
  on e.tenant_id = w.tenant_id and e.shipment_id = w.shipment_id and e.payload_hash = w.payload_hash
