-- How an organisation reaches a carrier or an aggregator, and how the last questions went. entity_id names the row in
-- the event log, where every change is told; hook_hash is of the secret part of the address that it may call.
create table carrier_connections (
  tenant_id uuid not null,
  carrier text collate "C" not null,
  entity_id uuid not null,
  version bigint not null,
  credentials_sealed bytea not null,
  address text,
  hook_hash text collate "C" not null,
  state text collate "C" not null,
  detail text,
  tested_at bigint,
  answered_at bigint,
  failures bigint not null,
  due_at bigint not null,
  reached text,
  created_at bigint not null,
  changed_at bigint not null,
  primary key (tenant_id, carrier)
);
create unique index carrier_connections_hook on carrier_connections (carrier, hook_hash);
create index carrier_connections_due on carrier_connections (due_at);
select litper_protect('carrier_connections');
