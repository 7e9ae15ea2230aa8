update parked_events
set next_try_at = $4
where tenant_id = $1 and reaction = $2 and state = 'waiting'
  and position = (
    select min(n.position)
    from parked_events n
    where n.reaction = $2 and n.entity_id = $3 and n.state = 'waiting')
