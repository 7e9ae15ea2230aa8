-- What an organisation says about a carrier; without a row the built-in rules hold. rules is JSON. entity_id names
-- the row in the event log, where every change is told.
create table carrier_settings (
  tenant_id blob not null,
  carrier_code text not null,
  entity_id blob not null,
  version integer not null,
  rules text not null,
  changed_at integer not null,
  primary key (tenant_id, carrier_code)
) strict;
