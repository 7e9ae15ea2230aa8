select wait_until
from login_failures
where tenant_id = $1 and subject = $2 and wait_until > $3
