update status_rereads
set up_to = $4, due_at = $5, rounds_left = $6
where tenant_id = $1 and changed_at = $2 and up_to = $3
