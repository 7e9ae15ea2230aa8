insert into users (tenant_id, id, email_login_blind, email_sealed, name_sealed, role, password_hash, active, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
