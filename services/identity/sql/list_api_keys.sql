select id, name, prefix, environment, scopes, created_at, expires_at, last_used_at, revoked_at, role
from api_keys
where tenant_id = $1
order by created_at, id
