update risk_settings
set assessed_up_to = $2, assess_again_at = case when $3 then null else assess_again_at end
where tenant_id = $1 and changed_at = $4 and (assessed_up_to = $5 or assessed_up_to is null)
