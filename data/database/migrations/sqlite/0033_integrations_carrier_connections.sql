-- How an organisation reaches a carrier or an aggregator, and how the last questions went. entity_id names the row in
-- the event log, where every change is told; hook_hash is of the secret part of the address that it may call.
create table carrier_connections (
  tenant_id blob not null,
  carrier text not null,
  entity_id blob not null,
  version integer not null,
  credentials_sealed blob not null,
  address text,
  hook_hash text not null,
  state text not null,
  detail text,
  tested_at integer,
  answered_at integer,
  failures integer not null,
  due_at integer not null,
  reached text,
  created_at integer not null,
  changed_at integer not null,
  primary key (tenant_id, carrier)
) strict;
create unique index carrier_connections_hook on carrier_connections (carrier, hook_hash);
create index carrier_connections_due on carrier_connections (due_at);
