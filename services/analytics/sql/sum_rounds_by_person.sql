select p.name_sealed,
  cast(count(distinct r.day) as bigint),
  cast(sum(case when r.kind = 'parcels' then 1 else 0 end) as bigint),
  cast(sum(case when r.kind = 'parcels' then coalesce(r.minutes, 0) else 0 end) as bigint),
  cast(sum(case when r.minutes > 0 then r.done else 0 end) as bigint),
  cast(sum(r.initial) as bigint), cast(sum(r.done) as bigint), cast(sum(r.cancelled) as bigint),
  cast(sum(r.scheduled) as bigint), cast(sum(r.difficult) as bigint), cast(sum(r.pending) as bigint),
  cast(sum(case when r.kind = 'incidents' then 1 else 0 end) as bigint),
  cast(sum(case when r.kind = 'incidents' then coalesce(r.minutes, 0) else 0 end) as bigint),
  cast(sum(r.reviewed) as bigint), cast(sum(r.solved) as bigint), cast(sum(r.gone_back) as bigint)
from rounds r
join round_people p on p.tenant_id = r.tenant_id and p.person_blind = r.person_blind
where r.tenant_id = $1 and r.day >= $2 and r.day <= $3
group by p.person_blind, p.name_sealed
