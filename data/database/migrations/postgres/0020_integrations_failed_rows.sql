-- The titles of a file, by which its rows that could not be used are given back.
alter table imports add column titles_sealed bytea;

-- Rows that could not be used, whole and with the reasons, to be corrected and loaded again.
create table import_failed_rows (
  tenant_id uuid not null,
  import_id uuid not null,
  seq bigint not null,
  row_number bigint not null,
  body_sealed bytea not null,
  primary key (tenant_id, import_id, seq),
  foreign key (tenant_id, import_id) references imports (tenant_id, id)
);
select litper_protect('import_failed_rows');
