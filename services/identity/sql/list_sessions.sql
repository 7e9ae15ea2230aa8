select id, created_at, last_seen_at, agent_sealed, address_sealed
from sessions
where tenant_id = $1 and user_id = $2 and revoked_at is null and expires_at > $3 and last_seen_at > $4
order by last_seen_at desc, id desc
