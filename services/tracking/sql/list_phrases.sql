with wanted (tenant_id, id) as (values ($1, $2))
select e.id, e.shipment_id, e.raw_status, e.status, e.status_known, e.exception_reason,
  e.out_of_order, e.occurred_at, e.stated_status, e.stated_reason, e.source, e.movement_text, e.novelty
from wanted w
join shipment_events e on e.tenant_id = w.tenant_id and e.shipment_id = w.id
order by e.shipment_id, e.received_at, e.id
