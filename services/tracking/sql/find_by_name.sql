from recipient_name_tokens n
join shipments s on s.tenant_id = n.tenant_id and s.id = n.shipment_id
where n.tenant_id = $1 and n.token = $2
  and exists (
    select 1 from recipient_name_tokens a
    where a.tenant_id = n.tenant_id and a.token = $3 and a.shipment_id = n.shipment_id)
  and exists (
    select 1 from recipient_name_tokens b
    where b.tenant_id = n.tenant_id and b.token = $4 and b.shipment_id = n.shipment_id)
order by n.shipment_id desc
limit $5
