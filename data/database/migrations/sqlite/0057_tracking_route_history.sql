-- How carriers did in cities before, as lists of other programs tell it: sums of months that they do not name.
-- `timed` lines of the list told a mean time to a delivery, `minutes` is the sum of these.
create table route_history (
  tenant_id blob not null,
  city_key text not null,
  carrier_code text not null,
  city_name text not null,
  delivered integer not null,
  returned integer not null,
  timed integer not null,
  minutes integer not null,
  import_id blob not null,
  told_at integer not null,
  primary key (tenant_id, city_key, carrier_code)
) strict;
