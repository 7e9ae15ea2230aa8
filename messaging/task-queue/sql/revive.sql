with wanted (tenant_id, id, due_at) as (values ($1, $2, $3))
update tasks
set state = 'waiting', due_at = w.due_at, earlier_attempts = tasks.attempt, finished_at = null
from wanted w
where tasks.tenant_id = w.tenant_id and tasks.id = w.id and tasks.state = 'dead'
  and not exists (
    select 1
    from tasks o
    where o.tenant_id = tasks.tenant_id and o.kind = tasks.kind and o.unique_key = tasks.unique_key
      and (o.state = 'waiting' or o.state = 'running'))
