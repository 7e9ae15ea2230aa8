with recursive keys (city_key) as (
  select (
    select s.city_key from shipments s where s.tenant_id = $1 order by s.city_key limit 1
  )
  union all
  select (
    select n.city_key from shipments n
    where n.tenant_id = $1 and n.city_key > k.city_key order by n.city_key limit 1
  )
  from keys k
  where k.city_key is not null
)
select k.city_key from keys k where k.city_key is not null limit $2
