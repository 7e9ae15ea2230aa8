select s.tenant_id, s.id, s.last_seen_at, t.slug, t.name, t.demo, u.id, u.role, u.email_sealed, u.name_sealed,
  t.country
from sessions s
join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
join tenants t on t.tenant_id = s.tenant_id
where s.token_hash = $1 and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3 and u.active
