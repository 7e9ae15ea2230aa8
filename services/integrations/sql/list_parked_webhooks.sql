select id, source, account, topic, delivery_id, received_at, attempts, error_code, error_detail
from webhook_inbox
where tenant_id = $1 and state = 'parked' and (received_at, id) < ($2, $3)
order by received_at desc, id desc
limit $4
