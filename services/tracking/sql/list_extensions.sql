select id, days, reason, extended_at, extended_by_user, extended_by_key
from office_extensions
where tenant_id = $1 and shipment_id = $2 and extended_at >= $3 and withdrawn_at is null
order by extended_at, id
