select id, state, due_at, processed_at, error_code
from webhook_inbox
where tenant_id = $1 and id > $2
  and (state not in ('received', 'processed', 'parked')
    or (state = 'processed') <> (processed_at is not null)
    or (state = 'parked' and error_code is null)
    or (state = 'received' and due_at < $3))
order by id
limit $4
