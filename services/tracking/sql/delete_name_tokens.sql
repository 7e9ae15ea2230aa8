with gone (tenant_id, token, shipment_id) as (values ($1, $2, $3))
delete from recipient_name_tokens
where (tenant_id, token, shipment_id) in (select g.tenant_id, g.token, g.shipment_id from gone g)
