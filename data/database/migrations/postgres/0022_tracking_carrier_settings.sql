-- What an organisation says about a carrier; without a row the built-in rules hold. rules is JSON. entity_id names
-- the row in the event log, where every change is told.
create table carrier_settings (
  tenant_id uuid not null,
  carrier_code text collate "C" not null,
  entity_id uuid not null,
  version bigint not null,
  rules text not null,
  changed_at bigint not null,
  primary key (tenant_id, carrier_code)
);
select litper_protect('carrier_settings');
