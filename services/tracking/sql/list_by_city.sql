from shipments s
where s.tenant_id = $1 and s.city_key = $10
  and (s.terminal, s.level_rank, s.risk_rank, s.still_since, s.id) > ($2, $3, $4, $5, $6)
  and (s.terminal, s.level_rank) <= ($7, $8)
  and ($11 is null or s.status = $11)
  and ($12 is null or s.carrier_code = $12)
order by s.terminal, s.level_rank, s.risk_rank, s.still_since, s.id
limit $9
