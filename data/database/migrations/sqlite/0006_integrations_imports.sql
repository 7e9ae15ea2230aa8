create table imports (
  tenant_id blob not null,
  id blob not null,
  file_name text not null,
  size_bytes integer not null,
  content_hash blob not null,
  status text not null,
  phase text not null,
  format text,
  created_by blob,
  created_at integer not null,
  started_at integer,
  finished_at integer,
  rows_total integer,
  rows_read integer not null,
  rows_applied integer not null,
  rows_skipped integer not null,
  rows_failed integer not null,
  chunks integer not null,
  next_chunk integer not null,
  orders_created integer not null,
  orders_updated integer not null,
  shipments_created integer not null,
  shipments_updated integer not null,
  events_new integer not null,
  events_duplicate integer not null,
  events_out_of_order integer not null,
  error_code text,
  error_detail text,
  error_columns text,
  warnings text not null,
  lease_owner blob,
  lease_until integer not null,
  attempts integer not null,
  primary key (tenant_id, id)
) strict;
-- The same content again is refused, unless its first load failed.
create unique index imports_content on imports (tenant_id, content_hash) where status <> 'failed';
create index imports_newest on imports (tenant_id, created_at, id);
create index imports_open on imports (created_at) where status in ('queued', 'running');

create table import_chunks (
  tenant_id blob not null,
  import_id blob not null,
  seq integer not null,
  row_count integer not null,
  body_sealed blob not null,
  primary key (tenant_id, import_id, seq),
  foreign key (tenant_id, import_id) references imports (tenant_id, id)
) strict;

create table import_failures (
  tenant_id blob not null,
  import_id blob not null,
  seq integer not null,
  row_number integer not null,
  column_name text not null,
  value_sealed blob,
  row_left_out integer not null,
  reason text not null,
  primary key (tenant_id, import_id, seq),
  foreign key (tenant_id, import_id) references imports (tenant_id, id)
) strict;
