with wanted (tenant_id, id, expired_by, taken_at, last_error) as (values ($1, $2, $3, $4, $5))
update tasks
set state = case when attempt - earlier_attempts < max_attempts then 'waiting' else 'dead' end,
  finished_at = case when attempt - earlier_attempts < max_attempts then null else w.taken_at end,
  due_at = w.taken_at, worker = null, last_error = w.last_error
from wanted w
where tasks.tenant_id = w.tenant_id and tasks.id = w.id and tasks.worker is not null
  and tasks.due_at <= w.expired_by
returning kind, state
