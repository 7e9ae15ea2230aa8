with mapped (tenant_id, carrier_code, phrase) as (values ($1, $2, $3))
delete from unmapped_statuses
where (tenant_id, carrier_code, phrase) in (
  select u.tenant_id, u.carrier_code, u.phrase
  from mapped m
  join unmapped_statuses u
    on u.tenant_id = m.tenant_id and u.phrase = m.phrase and (m.carrier_code = '' or u.carrier_code = m.carrier_code))
