-- The titles of a file, by which its rows that could not be used are given back.
alter table imports add column titles_sealed blob;

-- Rows that could not be used, whole and with the reasons, to be corrected and loaded again.
create table import_failed_rows (
  tenant_id blob not null,
  import_id blob not null,
  seq integer not null,
  row_number integer not null,
  body_sealed blob not null,
  primary key (tenant_id, import_id, seq),
  foreign key (tenant_id, import_id) references imports (tenant_id, id)
) strict;
