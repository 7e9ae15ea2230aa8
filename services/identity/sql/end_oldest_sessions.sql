-- Ends all of a person's open sessions but the newest $5.
update sessions
set revoked_at = $3
where tenant_id = $1 and user_id = $2 and revoked_at is null and id not in (
  select s.id
  from sessions s
  where s.tenant_id = $1 and s.user_id = $2 and s.revoked_at is null and s.expires_at > $3 and s.last_seen_at > $4
  order by s.created_at desc, s.id desc
  limit $5)
