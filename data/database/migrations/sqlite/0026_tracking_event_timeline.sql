-- Events lie in the order of their shipment's timeline. They are written with their shipment, in one transaction:
-- a foreign key would only look it up again for every event.
create table shipment_timeline (
  tenant_id blob not null,
  id blob not null,
  shipment_id blob not null,
  occurred_at integer not null,
  received_at integer not null,
  status text not null,
  status_known integer not null,
  exception_reason text not null,
  raw_status text not null,
  movement_text text,
  novelty text,
  city_name text,
  source text not null,
  payload_hash blob not null,
  out_of_order integer not null,
  import_id blob,
  primary key (tenant_id, shipment_id, occurred_at, id),
  unique (tenant_id, shipment_id, payload_hash)
) strict, without rowid;
insert into shipment_timeline
select tenant_id, id, shipment_id, occurred_at, received_at, status, status_known, exception_reason, raw_status,
  movement_text, novelty, city_name, source, payload_hash, out_of_order, import_id
from shipment_events
order by tenant_id, shipment_id, occurred_at, id;
drop table shipment_events;
alter table shipment_timeline rename to shipment_events;
