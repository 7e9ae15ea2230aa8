-- How shipments of a city and a carrier ended, by the month of their guía (Bogotá's, as 202603). Kept with the
-- rows, so that a million shipments cost one look.
create table route_counts (
  tenant_id blob not null,
  month integer not null,
  city_key text not null,
  carrier_code text not null,
  city_name text not null,
  shipments integer not null,
  delivered integer not null,
  returned integer not null,
  -- Of the delivered ones whose guía has a date: how many, and their hours from guía to delivery.
  timed integer not null,
  hours integer not null,
  -- Minor units: collected at delivery, freight of all that ended, what returns cost.
  collected_minor integer not null,
  freight_minor integer not null,
  return_cost_minor integer not null,
  primary key (tenant_id, month, city_key, carrier_code)
) strict, without rowid;

insert into route_counts
select tenant_id, cast(strftime('%Y%m', coalesce(guide_created_at, first_seen_at) / 1000000 - 18000, 'unixepoch') as integer), city_key, carrier_code, min(city_name), count(*),
  sum(case when status = 'DELIVERED' then 1 else 0 end), sum(case when status = 'RETURNED' then 1 else 0 end),
  sum(case when status = 'DELIVERED' and last_event_at >= guide_created_at then 1 else 0 end),
  sum(case when status = 'DELIVERED' and last_event_at >= guide_created_at
    then (last_event_at - guide_created_at) / 3600000000 else 0 end),
  sum(case when status = 'DELIVERED' then coalesce(collect_minor, 0) else 0 end),
  sum(case when status in ('DELIVERED', 'RETURNED') then coalesce(freight_minor, 0) else 0 end),
  sum(case when status = 'RETURNED' then coalesce(return_cost_minor, 0) else 0 end)
from shipments
group by 1, 2, 3, 4;
