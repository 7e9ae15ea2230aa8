update parked_events
set state = 'waiting', attempts = 0, next_try_at = $2
where reaction = $1 and state = 'parked'
