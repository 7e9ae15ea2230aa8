-- What an organisation judges its routes by; without a row the built-in numbers hold. policy is JSON. entity_id names
-- the row in the event log, where every change is told.
create table route_settings (
  tenant_id blob not null primary key,
  entity_id blob not null,
  version integer not null,
  policy text not null,
  changed_at integer not null
) strict;

-- Cities, and carriers to them, to which nothing is to be sent for a while. An empty carrier is any. Rows are kept:
-- they are the history.
create table route_pauses (
  tenant_id blob not null,
  id blob not null,
  city_key text not null,
  city_name text not null,
  carrier_code text not null,
  reason text not null,
  paused_at integer not null,
  paused_by_user blob,
  paused_by_key blob,
  resumed_at integer,
  resumed_by_user blob,
  resumed_by_key blob,
  resume_reason text,
  primary key (tenant_id, id)
) strict;
create unique index route_pauses_active on route_pauses (tenant_id, city_key, carrier_code)
  where resumed_at is null;
create index route_pauses_by_time on route_pauses (tenant_id, paused_at, id);
