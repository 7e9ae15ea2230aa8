update sessions
set last_seen_at = $3
where tenant_id = $1 and id = $2
