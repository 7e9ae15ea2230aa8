insert into sessions (tenant_id, id, user_id, token_hash, created_at, last_seen_at, expires_at)
values ($1, $2, $3, $4, $5, $5, $6)
