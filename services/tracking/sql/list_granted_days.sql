select e.shipment_id, cast(sum(e.days) as bigint)
from office_extensions e
join shipments s on s.tenant_id = e.tenant_id and s.id = e.shipment_id
where e.tenant_id = $1 and e.withdrawn_at is null and s.status = 'IN_OFFICE' and e.extended_at >= s.office_since
group by e.shipment_id
