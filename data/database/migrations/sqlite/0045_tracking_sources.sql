-- Who said what the state of a shipment is, and who last told something of its order; null where nobody did, or it
-- was said before this was noted.
alter table shipments add column told_by text not null default 'dropi_file';
alter table shipments add column order_told_by text;
alter table shipments add column order_told_at integer;

update shipments
set told_by = (
  select e.source
  from shipment_events e
  where e.tenant_id = shipments.tenant_id and e.shipment_id = shipments.id and not e.out_of_order
  order by e.occurred_at desc, e.received_at desc, e.id desc
  limit 1
)
where (tenant_id, id) in (
  select tenant_id, shipment_id from shipment_events where source <> 'dropi_file' and not out_of_order
);

-- What was stored by the time of events alone is told anew by who is believed.
insert into status_rereads (tenant_id, changed_at, up_to, due_at, rounds_left)
select distinct tenant_id, 0, x'00000000000000000000000000000000', 0, 1
from shipments
where true
on conflict (tenant_id) do nothing;
