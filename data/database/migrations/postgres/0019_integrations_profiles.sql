-- How a person said that this file is to be read; absent when it says so itself.
alter table imports add column layout_sealed bytea;

-- Layouts that an organisation confirmed once, known again by their titles. Titles may hold personal data when a
-- file has none and its first row was taken for them.
create table import_profiles (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  fingerprint bytea not null,
  layout_sealed bytea not null,
  created_by uuid,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id),
  unique (tenant_id, fingerprint)
);
select litper_protect('import_profiles');
