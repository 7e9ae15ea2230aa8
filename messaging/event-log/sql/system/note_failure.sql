update parked_events
set state = $4, attempts = $5, next_try_at = $6, error = $7
where tenant_id = $1 and reaction = $2 and position = $3
