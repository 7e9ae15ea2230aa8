select tenant_id, position, attempts
from parked_events
where reaction = $1 and state = 'waiting' and next_try_at <= $2
order by next_try_at, position
limit $3
