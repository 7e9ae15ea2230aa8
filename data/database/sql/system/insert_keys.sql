insert into tenant_keys (tenant_id, master_key, wrapped, created_at)
values ($1, $2, $3, $4)
