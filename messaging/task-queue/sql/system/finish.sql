with results (tenant_id, id, worker, attempt, finished_at) as (values ($1, $2, $3, $4, $5))
update tasks
set state = 'done', worker = null, finished_at = r.finished_at
from results r
where tasks.tenant_id = r.tenant_id and tasks.id = r.id and tasks.worker = r.worker
  and tasks.attempt = r.attempt
