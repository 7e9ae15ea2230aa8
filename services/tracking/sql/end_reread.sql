delete from status_rereads where tenant_id = $1 and changed_at = $2 and up_to = $3
