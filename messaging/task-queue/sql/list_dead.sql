select id, kind, priority, attempt, last_error, trace_id, created_at, finished_at
from tasks
where tenant_id = $1 and state = 'dead' and (finished_at, id) < ($2, $3)
order by finished_at desc, id desc
limit $4
