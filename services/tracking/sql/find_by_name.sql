from recipient_name_tokens n
join shipments s on s.tenant_id = n.tenant_id and s.id = n.shipment_id
where n.tenant_id = $1 and n.token = $2 and n.shipment_id < $12
  and exists (
    select 1 from recipient_name_tokens a
    where a.tenant_id = n.tenant_id and a.token = $3 and a.shipment_id = n.shipment_id)
  and exists (
    select 1 from recipient_name_tokens b
    where b.tenant_id = n.tenant_id and b.token = $4 and b.shipment_id = n.shipment_id)
  and (s.terminal = $5 or s.terminal = $6)
  and ($7 is null or s.risk_level = $7)
  and ($8 is null or s.status = $8)
  and ($9 is null or s.carrier_code = $9)
  and ($10 is null or s.city_key = $10)
order by n.shipment_id desc
limit $11
