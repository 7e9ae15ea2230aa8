insert into parked_events (tenant_id, reaction, position, entity_id, state, attempts, next_try_at, error, held_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant_id, reaction, position) do update
set state = excluded.state, attempts = excluded.attempts, next_try_at = excluded.next_try_at,
  error = excluded.error, held_at = excluded.held_at
where parked_events.state = 'parked'
