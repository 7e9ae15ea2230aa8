-- reason: several workers claim at once, so each skips the rows another one holds, and one statement serves many tenants; SQLite has one writer and no lateral joins.
with wanted (tenant_id, priority, take, due_from, due_by, lease_until, worker) as (
  values ($1, $2, $3, $4, $5, $6, $7)
),
picked as (
  select t.tenant_id, t.id, w.lease_until, w.worker
  from wanted w
  cross join lateral (
    select o.tenant_id, o.id
    from tasks o
    where o.state = 'waiting' and o.priority = w.priority and o.tenant_id = w.tenant_id
      and o.due_at >= w.due_from and o.due_at <= w.due_by
    order by o.due_at, o.id
    limit w.take
    for update skip locked
  ) t
)
update tasks
set state = 'running', attempt = tasks.attempt + 1, due_at = p.lease_until, worker = p.worker
from picked p
where tasks.tenant_id = p.tenant_id and tasks.id = p.id
returning tasks.tenant_id, tasks.id, kind, priority, payload, trace_id, attempt, earlier_attempts, max_attempts,
  created_at
