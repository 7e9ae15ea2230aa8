-- How carriers did in cities before, as lists of other programs tell it: sums of months that they do not name.
-- `timed` lines of the list told a mean time to a delivery, `minutes` is the sum of these.
create table route_history (
  tenant_id uuid not null,
  city_key text collate "C" not null,
  carrier_code text collate "C" not null,
  city_name text not null,
  delivered bigint not null,
  returned bigint not null,
  timed bigint not null,
  minutes bigint not null,
  import_id uuid not null,
  told_at bigint not null,
  primary key (tenant_id, city_key, carrier_code)
);
select litper_protect('route_history');
