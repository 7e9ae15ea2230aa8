select id, occurred_at, received_at, status, status_known, exception_reason, raw_status, movement_text, novelty,
  city_name, source, out_of_order, import_id
from shipment_events
where tenant_id = $1 and shipment_id = $2 and (occurred_at, id) < ($3, $4)
order by occurred_at desc, id desc
limit $5
