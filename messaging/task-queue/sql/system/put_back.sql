with results (tenant_id, id, worker, attempt, state, due_at, finished_at, last_error, forgiven) as (
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
)
update tasks
set state = r.state, worker = null, due_at = r.due_at, finished_at = r.finished_at,
  last_error = coalesce(r.last_error, tasks.last_error),
  earlier_attempts = tasks.earlier_attempts + r.forgiven
from results r
where tasks.tenant_id = r.tenant_id and tasks.id = r.id and tasks.worker = r.worker
  and tasks.attempt = r.attempt
