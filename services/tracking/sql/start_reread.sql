insert into status_rereads (tenant_id, changed_at, up_to, due_at, rounds_left)
values ($1, $2, $3, $2, $4)
on conflict (tenant_id) do update
set changed_at = excluded.changed_at, up_to = excluded.up_to, due_at = excluded.due_at,
  rounds_left = excluded.rounds_left
