select a.status, b.status, count(*)
from batch_shipments a
join batch_shipments b on b.tenant_id = a.tenant_id and b.batch_id = $3 and b.shipment_id = a.shipment_id
where a.tenant_id = $1 and a.batch_id = $2
group by a.status, b.status
order by a.status, b.status
