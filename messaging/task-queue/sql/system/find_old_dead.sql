select tenant_id, id
from tasks
where state = 'dead' and finished_at <= $1
order by finished_at
limit $2
