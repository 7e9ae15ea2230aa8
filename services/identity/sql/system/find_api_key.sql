select k.tenant_id, k.id, k.name, k.environment, k.scopes, k.last_used_at, t.slug, t.name, t.demo,
  t.country, k.role
from api_keys k
join tenants t on t.tenant_id = k.tenant_id
where k.key_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)
