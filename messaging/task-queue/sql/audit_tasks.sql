select id, kind, state, due_at, finished_at, attempt, max_attempts
from tasks
where tenant_id = $1 and id > $2
  and (state not in ('waiting', 'running', 'done', 'dead')
    or (state in ('waiting', 'running') and due_at < $3)
    or (state in ('done', 'dead')) <> (finished_at is not null)
    or attempt > max_attempts)
order by id
limit $4
