create table imports (
  tenant_id uuid not null,
  id uuid not null,
  file_name text not null,
  size_bytes bigint not null,
  content_hash bytea not null,
  status text collate "C" not null,
  phase text collate "C" not null,
  format text collate "C",
  created_by uuid,
  created_at bigint not null,
  started_at bigint,
  finished_at bigint,
  rows_total bigint,
  rows_read bigint not null,
  rows_applied bigint not null,
  rows_skipped bigint not null,
  rows_failed bigint not null,
  chunks bigint not null,
  next_chunk bigint not null,
  orders_created bigint not null,
  orders_updated bigint not null,
  shipments_created bigint not null,
  shipments_updated bigint not null,
  events_new bigint not null,
  events_duplicate bigint not null,
  events_out_of_order bigint not null,
  error_code text,
  error_detail text,
  error_columns text,
  warnings text not null,
  lease_owner uuid,
  lease_until bigint not null,
  attempts bigint not null,
  primary key (tenant_id, id)
);
-- The same content again is refused, unless its first load failed.
create unique index imports_content on imports (tenant_id, content_hash) where status <> 'failed';
create index imports_newest on imports (tenant_id, created_at, id);
create index imports_open on imports (created_at) where status in ('queued', 'running');
select litper_protect('imports');

create table import_chunks (
  tenant_id uuid not null,
  import_id uuid not null,
  seq bigint not null,
  row_count bigint not null,
  body_sealed bytea not null,
  primary key (tenant_id, import_id, seq),
  foreign key (tenant_id, import_id) references imports (tenant_id, id)
);
select litper_protect('import_chunks');

create table import_failures (
  tenant_id uuid not null,
  import_id uuid not null,
  seq bigint not null,
  row_number bigint not null,
  column_name text not null,
  value_sealed bytea,
  row_left_out boolean not null,
  reason text collate "C" not null,
  primary key (tenant_id, import_id, seq),
  foreign key (tenant_id, import_id) references imports (tenant_id, id)
);
select litper_protect('import_failures');
