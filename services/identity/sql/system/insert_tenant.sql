insert into tenants (tenant_id, slug, name, country, demo, created_at)
values ($1, $2, $3, $4, $5, $6)
