select tenant_id, id
from tasks
where state = 'running' and due_at <= $1
limit $2
