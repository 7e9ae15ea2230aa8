with wanted (tenant_id, tracking_number) as (values ($1, $2))
