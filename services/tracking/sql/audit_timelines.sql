select e.shipment_id, count(*), count(*) filter (where e.out_of_order),
  coalesce(max(e.occurred_at) filter (where not e.out_of_order), 0)
from shipment_events e
where e.tenant_id = $1 and e.shipment_id > $2 and e.shipment_id <= $3
group by e.shipment_id
