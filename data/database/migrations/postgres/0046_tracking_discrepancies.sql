-- Who spoke of a shipment (bits of `Heard` in services/tracking/src/concern.rs), and the gravest of what contradicts
-- itself in what they say; null where nothing does. Lists of them are ranges of these indexes.
alter table shipments add column heard bigint not null default 0;
alter table shipments add column discrepancy text collate "C";
alter table shipments add column discrepancy_since bigint;
alter table shipments add column discrepancy_reviewed boolean not null default false;
-- Since when it waits at an office, by the events that counted.
alter table shipments add column office_since bigint;
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
  tenant_id uuid not null,
  shipment_id uuid not null,
  reviewed_at bigint not null,
  reviewed_by_user uuid,
  reviewed_by_key uuid,
  primary key (tenant_id, shipment_id)
);
select litper_protect('discrepancy_reviews');

-- What is stored is looked through once. The owner of the tables, who runs this, sees no rows.
set local role litper_system;
insert into status_rereads (tenant_id, changed_at, up_to, due_at, rounds_left)
select distinct tenant_id, cast(0 as bigint), cast('00000000-0000-0000-0000-000000000000' as uuid), cast(0 as bigint), cast(1 as bigint)
from shipments
where true
on conflict (tenant_id) do update
set changed_at = excluded.changed_at, up_to = excluded.up_to, due_at = excluded.due_at;
set local role litper_owner;
