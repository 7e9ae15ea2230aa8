select s.level_rank, s.risk_rank, s.still_since, s.id
from shipments s
where s.tenant_id = $1 and s.status = $2 and s.terminal = $3
  and (s.level_rank, s.risk_rank, s.still_since, s.id) > ($4, $5, $6, $7) and s.level_rank <= $8
  and s.city_key = $10 and +s.carrier_code = $11
order by s.level_rank, s.risk_rank, s.still_since, s.id
limit $9
