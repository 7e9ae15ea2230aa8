update users
set last_login_at = $3
where tenant_id = $1 and id = $2
