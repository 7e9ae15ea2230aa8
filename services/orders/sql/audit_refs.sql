with wanted (tenant_id, source, external_ref) as (values ($1, $2, $3))
select o.external_ref
from wanted w
join orders o on o.tenant_id = w.tenant_id and o.source = w.source and o.external_ref = w.external_ref
