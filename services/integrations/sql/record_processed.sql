with wanted (tenant_id, id, processed_at) as (values ($1, $2, $3))
update webhook_inbox
set state = 'processed', processed_at = w.processed_at, error_code = null, error_detail = null
from wanted w
where webhook_inbox.tenant_id = w.tenant_id and webhook_inbox.id = w.id
