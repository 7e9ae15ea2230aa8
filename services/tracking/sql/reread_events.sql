with reread (tenant_id, shipment_id, occurred_at, id, status, status_known, exception_reason, out_of_order) as (
  values ($1, $2, $3, $4, $5, $6, $7, $8)
)
update shipment_events
set status = r.status, status_known = r.status_known, exception_reason = r.exception_reason,
  out_of_order = r.out_of_order
from reread r
where shipment_events.tenant_id = r.tenant_id and shipment_events.shipment_id = r.shipment_id
  and shipment_events.occurred_at = r.occurred_at and shipment_events.id = r.id
