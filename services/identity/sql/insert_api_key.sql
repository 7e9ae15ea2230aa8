insert into api_keys (tenant_id, id, name, prefix, key_hash, environment, scopes, created_at, expires_at, role)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
