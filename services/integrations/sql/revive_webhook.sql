update webhook_inbox
set state = 'received', attempts = 0, due_at = $3
where tenant_id = $1 and id = $2 and state = 'parked'
