select coalesce(position, 0), tenant_id, id, kind, entity_id, entity_version, payload_version, payload, trace_id,
  occurred_at, recorded_at
from events
where tenant_id = $1 and entity_id = $2
order by entity_version, id
limit $3
