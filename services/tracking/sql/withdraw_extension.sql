update office_extensions
set withdrawn_at = $4, withdrawn_by_user = $5, withdrawn_by_key = $6
where tenant_id = $1 and shipment_id = $2 and id = $3 and withdrawn_at is null
returning days
