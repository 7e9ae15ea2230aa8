with looks as (
  select s.carrier_code, l.looked_at,
    row_number() over (partition by s.carrier_code order by l.looked_at desc) as place,
    count(*) over (partition by s.carrier_code) as looked
  from shipment_looks l
  join shipments s on s.tenant_id = l.tenant_id and s.id = l.shipment_id
  where s.terminal = $1
)
select carrier_code, max(looked),
  max(case when place = (looked + 1) / 2 then looked_at end),
  max(case when place = (looked * 95 + 99) / 100 then looked_at end)
from looks
group by carrier_code
order by carrier_code
