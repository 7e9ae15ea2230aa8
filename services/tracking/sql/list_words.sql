with wanted (tenant_id, id) as (values ($1, $2))
select e.shipment_id, e.source, e.status, e.status_known, e.exception_reason, e.raw_status, e.movement_text,
  e.city_name, e.occurred_at, e.received_at, e.stated_status, e.stated_reason
from wanted w
join shipment_events e on e.tenant_id = w.tenant_id and e.shipment_id = w.id
order by e.shipment_id, e.occurred_at, e.received_at, e.id
