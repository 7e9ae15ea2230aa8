-- Shipments that were loaded together, by a file or by hand, to be worked through together. day is Bogotá's, as
-- 20260305; number counts the day's batches from 1. filling: the import that makes it still runs. Who made it is a
-- person, a program or nobody.
create table batches (
  tenant_id blob not null,
  id blob not null,
  version integer not null,
  day integer not null,
  number integer not null,
  label text,
  status text not null,
  filling integer not null,
  import_id blob,
  created_by_user blob,
  created_by_key blob,
  created_at integer not null,
  shipments integer not null,
  reviewed integer not null,
  closed_at integer,
  primary key (tenant_id, id),
  unique (tenant_id, day, number)
) strict;
create unique index batches_by_import on batches (tenant_id, import_id) where import_id is not null;

-- The last number of a day.
create table batch_days (
  tenant_id blob not null,
  day integer not null,
  last_number integer not null,
  primary key (tenant_id, day)
) strict, without rowid;

-- A shipment of a batch: its carrier and its status as the batch saw them, so that two batches can be compared, and
-- who looked at it. Narrow, and in the order of its key: a list or a comparison reads one range.
create table batch_shipments (
  tenant_id blob not null,
  batch_id blob not null,
  shipment_id blob not null,
  carrier_code text not null,
  status text not null,
  reviewed_at integer,
  reviewed_by_user blob,
  reviewed_by_key blob,
  primary key (tenant_id, batch_id, shipment_id)
) strict, without rowid;

-- Sums over batch_shipments, kept with the rows.
create table batch_counts (
  tenant_id blob not null,
  batch_id blob not null,
  carrier_code text not null,
  status text not null,
  shipments integer not null,
  reviewed integer not null,
  primary key (tenant_id, batch_id, carrier_code, status)
) strict, without rowid;
