select o.tracking_number
from wanted w
join orders o on o.tenant_id = w.tenant_id and o.source = w.source and o.external_ref = w.external_ref
where o.tracking_number is not null
order by o.tracking_number
