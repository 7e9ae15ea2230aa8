update route_pauses
set resumed_at = $3, resumed_by_user = $4, resumed_by_key = $5, resume_reason = $6
where tenant_id = $1 and id = $2 and resumed_at is null
