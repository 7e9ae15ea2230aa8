select b.carrier_code, s.status, count(*)
from batch_shipments b
join shipments s on s.tenant_id = b.tenant_id and s.id = b.shipment_id
where b.tenant_id = $1 and b.batch_id = $2
group by b.carrier_code, s.status
order by b.carrier_code, s.status
