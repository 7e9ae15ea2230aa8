update sessions
set revoked_at = $4
where tenant_id = $1 and user_id = $2 and id <> $3 and revoked_at is null
