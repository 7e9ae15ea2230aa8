delete from parked_events where tenant_id = $1 and reaction = $2 and position = $3
