select s.level_rank, s.risk_rank, s.still_since, s.id, s.tracking_number, s.status, s.carrier_code, l.looked_at
from shipments s
left join shipment_looks l on l.tenant_id = s.tenant_id and l.shipment_id = s.id
where s.tenant_id = $1 and s.terminal = $2
  and (s.level_rank, s.risk_rank, s.still_since, s.id) > ($3, $4, $5, $6)
order by s.level_rank, s.risk_rank, s.still_since, s.id
limit $7
