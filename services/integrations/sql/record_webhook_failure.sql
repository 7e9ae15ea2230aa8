update webhook_inbox
set attempts = attempts + 1, state = $3, due_at = $4, error_code = $5, error_detail = $6
where tenant_id = $1 and id = $2 and state = 'received'
