select tenant_id, changed_at, up_to, rounds_left
from status_rereads
where due_at <= $1
order by due_at
limit 20
