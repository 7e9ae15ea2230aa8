select id
from users
where tenant_id = $1 and email_login_blind = $2
