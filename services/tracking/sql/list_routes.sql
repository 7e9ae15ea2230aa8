select city_key, carrier_code, min(city_name), cast(sum(shipments) as bigint), cast(sum(delivered) as bigint),
  cast(sum(returned) as bigint), cast(sum(timed) as bigint), cast(sum(hours) as bigint),
  cast(sum(collected_minor) as bigint), cast(sum(freight_minor) as bigint), cast(sum(return_cost_minor) as bigint),
  cast(sum(collect_known) as bigint), cast(sum(freight_known) as bigint), cast(sum(return_cost_known) as bigint),
  cast(sum(returned_freight_minor) as bigint)
from route_counts
where tenant_id = $1 and month >= $2 and month <= $3
group by city_key, carrier_code
having sum(shipments) > 0
