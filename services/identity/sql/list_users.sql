select id, email_sealed, name_sealed, role, active, created_at, last_login_at
from users
where tenant_id = $1
order by created_at, id
