select position, tenant_id, id, kind, entity_id, entity_version, payload_version, payload, trace_id, occurred_at,
  recorded_at
from events
where position = $1
