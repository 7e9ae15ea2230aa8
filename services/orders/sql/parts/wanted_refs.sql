with wanted (tenant_id, source, external_ref) as (values ($1, $2, $3))
