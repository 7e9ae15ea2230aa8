update users
set active = $3, updated_at = $4
where tenant_id = $1 and id = $2
