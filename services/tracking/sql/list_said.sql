select source, status, status_known, exception_reason, raw_status, movement_text, city_name, occurred_at, received_at,
  stated_status, stated_reason
from shipment_events
where tenant_id = $1 and shipment_id = $2
order by occurred_at desc, received_at desc, id desc
limit $3
