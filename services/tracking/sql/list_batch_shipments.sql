select b.shipment_id, b.carrier_code, b.status, b.reviewed_at, b.reviewed_by_user, b.reviewed_by_key
from batch_shipments b
where b.tenant_id = $1 and b.batch_id = $2 and b.shipment_id > $3
  and (cast($4 as text) is null or b.carrier_code = $4) and (cast($5 as text) is null or b.status = $5)
  and (cast($6 as boolean) is null or (b.reviewed_at is not null) = $6)
order by b.shipment_id
limit $7
