with wanted (tenant_id, id) as (values ($1, $2))
