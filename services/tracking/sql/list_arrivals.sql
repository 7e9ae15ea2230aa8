select w.id, min(e.occurred_at)
from wanted w
join shipment_events e on e.tenant_id = w.tenant_id and e.shipment_id = w.id
where e.status = 'IN_OFFICE'
  and not exists (
    select 1
    from shipment_events l
    where l.tenant_id = e.tenant_id and l.shipment_id = e.shipment_id and l.occurred_at > e.occurred_at
      and l.status not in ('IN_OFFICE', 'ISSUE')
  )
group by w.id
