select a.shipment_id, a.status
from batch_shipments a
where a.tenant_id = $1 and a.batch_id = $2 and a.shipment_id > $4
  and not exists (
    select 1
    from batch_shipments b
    where b.tenant_id = a.tenant_id and b.batch_id = $3 and b.shipment_id = a.shipment_id
  )
order by a.shipment_id
limit $5
