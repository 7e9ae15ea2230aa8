with wanted (tenant_id, tracking_number, asked, looked_at) as (values ($1, $2, $3, $4))
insert into shipment_looks (tenant_id, shipment_id, asked, looked_at)
select w.tenant_id, s.id, w.asked, w.looked_at
from wanted w
join shipments s on s.tenant_id = w.tenant_id and s.tracking_number = w.tracking_number
where true
on conflict (tenant_id, shipment_id) do update set asked = excluded.asked, looked_at = excluded.looked_at
