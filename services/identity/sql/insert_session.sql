insert into sessions (tenant_id, id, user_id, token_hash, created_at, last_seen_at, expires_at, agent_sealed,
  address_sealed)
values ($1, $2, $3, $4, $5, $5, $6, $7, $8)
