-- Shipments that were loaded together, by a file or by hand, to be worked through together. day is Bogotá's, as
-- 20260305; number counts the day's batches from 1. filling: the import that makes it still runs. Who made it is a
-- person, a program or nobody.
create table batches (
  tenant_id uuid not null,
  id uuid not null,
  version bigint not null,
  day bigint not null,
  number bigint not null,
  label text,
  status text collate "C" not null,
  filling boolean not null,
  import_id uuid,
  created_by_user uuid,
  created_by_key uuid,
  created_at bigint not null,
  shipments bigint not null,
  reviewed bigint not null,
  closed_at bigint,
  primary key (tenant_id, id),
  unique (tenant_id, day, number)
);
create unique index batches_by_import on batches (tenant_id, import_id) where import_id is not null;
select litper_protect('batches');

-- The last number of a day.
create table batch_days (
  tenant_id uuid not null,
  day bigint not null,
  last_number bigint not null,
  primary key (tenant_id, day)
);
select litper_protect('batch_days');

-- A shipment of a batch: its carrier and its status as the batch saw them, so that two batches can be compared, and
-- who looked at it. Narrow, and in the order of its key: a list or a comparison reads one range.
create table batch_shipments (
  tenant_id uuid not null,
  batch_id uuid not null,
  shipment_id uuid not null,
  carrier_code text collate "C" not null,
  status text collate "C" not null,
  reviewed_at bigint,
  reviewed_by_user uuid,
  reviewed_by_key uuid,
  primary key (tenant_id, batch_id, shipment_id)
);
select litper_protect('batch_shipments');

-- Sums over batch_shipments, kept with the rows.
create table batch_counts (
  tenant_id uuid not null,
  batch_id uuid not null,
  carrier_code text collate "C" not null,
  status text collate "C" not null,
  shipments bigint not null,
  reviewed bigint not null,
  primary key (tenant_id, batch_id, carrier_code, status)
);
select litper_protect('batch_counts');
