-- Counts the routes of organisations that have none. The owner of the tables, who runs this, sees no rows, so that
-- when the table was made nothing was counted.
set local role litper_system;
insert into route_counts
select tenant_id, cast(to_char(to_timestamp(coalesce(guide_created_at, first_seen_at) / 1000000 - 18000) at time zone 'UTC', 'YYYYMM') as bigint), city_key, carrier_code, min(city_name), count(*),
  sum(case when status = 'DELIVERED' then 1 else 0 end), sum(case when status = 'RETURNED' then 1 else 0 end),
  sum(case when status = 'DELIVERED' and last_event_at >= guide_created_at then 1 else 0 end),
  sum(case when status = 'DELIVERED' and last_event_at >= guide_created_at
    then (last_event_at - guide_created_at) / 3600000000 else 0 end),
  sum(case when status = 'DELIVERED' then coalesce(collect_minor, 0) else 0 end),
  sum(case when status in ('DELIVERED', 'RETURNED') then coalesce(freight_minor, 0) else 0 end),
  sum(case when status = 'RETURNED' then coalesce(return_cost_minor, 0) else 0 end)
from shipments s
where not exists (select 1 from route_counts c where c.tenant_id = s.tenant_id)
group by 1, 2, 3, 4;
set local role litper_owner;
