from shipments s
where s.tenant_id = $1 and s.recipient_phone_blind = $2
  and (s.terminal = $3 or s.terminal = $4)
  and ($5 is null or s.risk_level = $5)
  and ($6 is null or s.status = $6)
  and ($7 is null or s.carrier_code = $7)
  and ($8 is null or s.city_key = $8)
  and (s.terminal, s.level_rank, s.risk_rank, s.still_since, s.id) > ($9, $10, $11, $12, $13)
order by s.terminal, s.level_rank, s.risk_rank, s.still_since, s.id
limit $14
