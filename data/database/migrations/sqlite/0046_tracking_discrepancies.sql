-- Who spoke of a shipment (bits of `Heard` in services/tracking/src/concern.rs), and the gravest of what contradicts
-- itself in what they say; null where nothing does. Lists of them are ranges of these indexes.
alter table shipments add column heard integer not null default 0;
alter table shipments add column discrepancy text;
alter table shipments add column discrepancy_since integer;
alter table shipments add column discrepancy_reviewed integer not null default 0;
-- Since when it waits at an office, by the events that counted.
alter table shipments add column office_since integer;
create index shipments_at_offices on shipments (tenant_id, status, office_since, id, carrier_code)
  where status = 'IN_OFFICE';
create index shipments_discrepancies
  on shipments (tenant_id, discrepancy, discrepancy_reviewed, discrepancy_since, id)
  where discrepancy is not null;
create index shipments_discrepancies_by_carrier
  on shipments (tenant_id, carrier_code, discrepancy, discrepancy_reviewed, discrepancy_since, id)
  where discrepancy is not null;
create index shipments_discrepancies_by_city
  on shipments (tenant_id, city_key, discrepancy, discrepancy_reviewed, discrepancy_since, id, carrier_code)
  where discrepancy is not null;

-- Who looked at a discrepancy as it is.
create table discrepancy_reviews (
  tenant_id blob not null,
  shipment_id blob not null,
  reviewed_at integer not null,
  reviewed_by_user blob,
  reviewed_by_key blob,
  primary key (tenant_id, shipment_id)
) strict;

-- What is stored is looked through once.
insert into status_rereads (tenant_id, changed_at, up_to, due_at, rounds_left)
select distinct tenant_id, 0, x'00000000000000000000000000000000', 0, 1
from shipments
where true
on conflict (tenant_id) do update
set changed_at = excluded.changed_at, up_to = excluded.up_to, due_at = excluded.due_at;
