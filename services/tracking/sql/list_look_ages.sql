with looks as (
  select s.carrier_code, l.looked_at,
    row_number() over (partition by s.carrier_code order by l.looked_at desc nulls last) as place,
    count(*) over (partition by s.carrier_code) as shipments,
    count(l.looked_at) over (partition by s.carrier_code) as looked
  from shipments s
  left join shipment_looks l on l.tenant_id = s.tenant_id and l.shipment_id = s.id
  where s.tenant_id = $1 and s.terminal = $2
)
select carrier_code, max(shipments), max(looked), max(looked_at),
  max(case when place = (looked + 1) / 2 then looked_at end),
  max(case when place = (looked * 95 + 99) / 100 then looked_at end)
from looks
group by carrier_code
order by carrier_code
