with recursive codes (code) as (
  select (
    select s.carrier_code from shipments s where s.tenant_id = $1 order by s.carrier_code limit 1
  )
  union all
  select (
    select n.carrier_code from shipments n
    where n.tenant_id = $1 and n.carrier_code > c.code order by n.carrier_code limit 1
  )
  from codes c
  where c.code is not null
)
select c.code from codes c where c.code is not null limit $2
