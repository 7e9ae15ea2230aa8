select coalesce(position, 0), tenant_id, id, kind, entity_id, entity_version, payload_version, payload, trace_id,
  occurred_at, recorded_at
from events
where tenant_id = $1 and (entity_id, entity_version, id) > ($2, $3, $4) and substr(kind, 1, length($5)) = $5
order by entity_id, entity_version, id
limit $6
