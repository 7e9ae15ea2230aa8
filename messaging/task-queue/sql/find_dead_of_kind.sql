select id, unique_key, finished_at
from tasks
where tenant_id = $1 and state = 'dead' and kind = $2 and (finished_at, id) < ($3, $4)
order by finished_at desc, id desc
limit $5
