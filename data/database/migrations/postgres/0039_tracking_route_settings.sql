-- What an organisation judges its routes by; without a row the built-in numbers hold. policy is JSON. entity_id names
-- the row in the event log, where every change is told.
create table route_settings (
  tenant_id uuid not null primary key,
  entity_id uuid not null,
  version bigint not null,
  policy text not null,
  changed_at bigint not null
);
select litper_protect('route_settings');

-- Cities, and carriers to them, to which nothing is to be sent for a while. An empty carrier is any. Rows are kept:
-- they are the history.
create table route_pauses (
  tenant_id uuid not null,
  id uuid not null,
  city_key text collate "C" not null,
  city_name text not null,
  carrier_code text collate "C" not null,
  reason text not null,
  paused_at bigint not null,
  paused_by_user uuid,
  paused_by_key uuid,
  resumed_at bigint,
  resumed_by_user uuid,
  resumed_by_key uuid,
  resume_reason text,
  primary key (tenant_id, id)
);
create unique index route_pauses_active on route_pauses (tenant_id, city_key, carrier_code)
  where resumed_at is null;
create index route_pauses_by_time on route_pauses (tenant_id, paused_at, id);
select litper_protect('route_pauses');
