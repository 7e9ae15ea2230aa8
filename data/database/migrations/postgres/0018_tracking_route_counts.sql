-- How shipments of a city and a carrier ended, by the month of their guía (Bogotá's, as 202603). Kept with the
-- rows, so that a million shipments cost one look.
create table route_counts (
  tenant_id uuid not null,
  month bigint not null,
  city_key text collate "C" not null,
  carrier_code text collate "C" not null,
  city_name text not null,
  shipments bigint not null,
  delivered bigint not null,
  returned bigint not null,
  -- Of the delivered ones whose guía has a date: how many, and their hours from guía to delivery.
  timed bigint not null,
  hours bigint not null,
  -- Minor units: collected at delivery, freight of all that ended, what returns cost.
  collected_minor bigint not null,
  freight_minor bigint not null,
  return_cost_minor bigint not null,
  primary key (tenant_id, month, city_key, carrier_code)
);
select litper_protect('route_counts');

insert into route_counts
select tenant_id, cast(to_char(to_timestamp(coalesce(guide_created_at, first_seen_at) / 1000000 - 18000) at time zone 'UTC', 'YYYYMM') as bigint), city_key, carrier_code, min(city_name), count(*),
  sum(case when status = 'DELIVERED' then 1 else 0 end), sum(case when status = 'RETURNED' then 1 else 0 end),
  sum(case when status = 'DELIVERED' and last_event_at >= guide_created_at then 1 else 0 end),
  sum(case when status = 'DELIVERED' and last_event_at >= guide_created_at
    then (last_event_at - guide_created_at) / 3600000000 else 0 end),
  sum(case when status = 'DELIVERED' then coalesce(collect_minor, 0) else 0 end),
  sum(case when status in ('DELIVERED', 'RETURNED') then coalesce(freight_minor, 0) else 0 end),
  sum(case when status = 'RETURNED' then coalesce(return_cost_minor, 0) else 0 end)
from shipments
group by 1, 2, 3, 4;
