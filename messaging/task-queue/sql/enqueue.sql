insert into tasks
  (tenant_id, id, kind, priority, due_at, unique_key, payload, trace_id, max_attempts, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing
