-- Of how many shipments a route's amounts are, and the freight of those that went back: a mean needs both.
alter table route_counts add column collect_known bigint not null default 0;
alter table route_counts add column freight_known bigint not null default 0;
alter table route_counts add column return_cost_known bigint not null default 0;
alter table route_counts add column returned_freight_minor bigint not null default 0;

-- The owner of the tables, who runs this, sees no rows.
set local role litper_system;
delete from route_counts;
insert into route_counts (
  tenant_id, month, city_key, carrier_code, city_name, shipments, delivered, returned, timed, hours, collected_minor,
  freight_minor, return_cost_minor, collect_known, freight_known, return_cost_known, returned_freight_minor
)
select tenant_id, cast(to_char(to_timestamp(coalesce(guide_created_at, first_seen_at) / 1000000 - 18000) at time zone 'UTC', 'YYYYMM') as bigint), city_key, carrier_code, min(city_name), count(*),
  sum(case when status = 'DELIVERED' then 1 else 0 end), sum(case when status = 'RETURNED' then 1 else 0 end),
  sum(case when status = 'DELIVERED' and last_event_at >= guide_created_at then 1 else 0 end),
  sum(case when status = 'DELIVERED' and last_event_at >= guide_created_at
    then (last_event_at - guide_created_at) / 3600000000 else 0 end),
  sum(case when status = 'DELIVERED' then coalesce(collect_minor, 0) else 0 end),
  sum(case when status in ('DELIVERED', 'RETURNED') then coalesce(freight_minor, 0) else 0 end),
  sum(case when status = 'RETURNED' then coalesce(return_cost_minor, 0) else 0 end),
  sum(case when status = 'DELIVERED' and collect_minor is not null then 1 else 0 end),
  sum(case when status in ('DELIVERED', 'RETURNED') and freight_minor is not null then 1 else 0 end),
  sum(case when status = 'RETURNED' and return_cost_minor is not null then 1 else 0 end),
  sum(case when status = 'RETURNED' then coalesce(freight_minor, 0) else 0 end)
from shipments
group by 1, 2, 3, 4;
set local role litper_owner;
