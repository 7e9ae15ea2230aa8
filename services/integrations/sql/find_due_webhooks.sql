select id, source, account, topic, triggered_at, received_at, attempts, body_sealed
from webhook_inbox
where tenant_id = $1 and state = 'received' and due_at <= $2
order by due_at, id
limit $3
