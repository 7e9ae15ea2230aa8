-- How a person said that this file is to be read; absent when it says so itself.
alter table imports add column layout_sealed blob;

-- Layouts that an organisation confirmed once, known again by their titles. Titles may hold personal data when a
-- file has none and its first row was taken for them.
create table import_profiles (
  tenant_id blob not null,
  id blob not null,
  name text not null,
  fingerprint blob not null,
  layout_sealed blob not null,
  created_by blob,
  created_at integer not null,
  updated_at integer not null,
  primary key (tenant_id, id),
  unique (tenant_id, fingerprint)
) strict;
