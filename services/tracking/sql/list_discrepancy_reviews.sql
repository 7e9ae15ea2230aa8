with wanted (tenant_id, id) as (values ($1, $2))
select r.shipment_id, r.reviewed_at, r.reviewed_by_user, r.reviewed_by_key
from wanted w
join discrepancy_reviews r on r.tenant_id = w.tenant_id and r.shipment_id = w.id
