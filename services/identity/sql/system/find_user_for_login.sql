select tenant_id, id, password_hash, active
from users
where email_login_blind = $1
