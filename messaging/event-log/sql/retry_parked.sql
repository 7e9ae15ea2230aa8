update parked_events
set state = 'waiting', attempts = 0, next_try_at = $4
where tenant_id = $1 and reaction = $2 and position = $3 and state = 'parked'
