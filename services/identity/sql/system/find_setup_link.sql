select tenant_id, id
from setup_links
where token_hash = $1 and used_at is null and expires_at > $2
