select tenant_id, due_at
from webhook_inbox
where state = 'received' and tenant_id > $1 and due_at <= $2
order by tenant_id, due_at
limit 1
