select id, source, topic, received_at, body_sealed
from webhook_inbox
where tenant_id = $1 and id > $2 and state = 'processed' and received_at >= $3
order by id
limit $4
