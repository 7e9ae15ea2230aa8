insert into setup_links (tenant_id, id, token_hash, created_at, expires_at)
values ($1, $2, $3, $4, $5)
