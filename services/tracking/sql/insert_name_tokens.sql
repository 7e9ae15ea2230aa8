insert into recipient_name_tokens (tenant_id, token, shipment_id)
values ($1, $2, $3)
on conflict (tenant_id, token, shipment_id) do nothing
