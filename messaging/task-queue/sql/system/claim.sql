with wanted (tenant_id, priority, take, due_from, due_by, lease_until, worker) as (
  values ($1, $2, $3, $4, $5, $6, $7)
)
update tasks
set state = 'running', attempt = attempt + 1, due_at = w.lease_until, worker = w.worker
from wanted w
where tasks.tenant_id = w.tenant_id
  and tasks.id in (
    select t.id
    from tasks t
    where t.state = 'waiting' and t.priority = w.priority and t.tenant_id = w.tenant_id
      and t.due_at >= w.due_from and t.due_at <= w.due_by
    order by t.due_at, t.id
    limit (select v.take from wanted v))
returning tenant_id, id, kind, priority, payload, trace_id, attempt, earlier_attempts, max_attempts, created_at
