insert into parked_events (tenant_id, reaction, position, entity_id, state, attempts, next_try_at, error, held_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (tenant_id, reaction, position) do nothing
