from shipments s
where s.tenant_id = $1 and s.tracking_number >= $2 and s.tracking_number < $9
  and (s.terminal = $3 or s.terminal = $4)
  and ($5 is null or s.risk_level = $5)
  and ($6 is null or s.status = $6)
  and ($7 is null or s.carrier_code = $7)
  and ($8 is null or s.city_key = $8)
order by s.tracking_number
limit $10
