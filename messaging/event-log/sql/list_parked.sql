select p.reaction, p.position, p.state, p.attempts, p.next_try_at, p.error, p.held_at, e.kind, e.entity_id,
  e.occurred_at
from parked_events p
join events e on e.tenant_id = p.tenant_id and e.position = p.position
where p.tenant_id = $1
order by p.position desc, p.reaction
limit $2
