select city_key, carrier_code, city_name, shipments, delivered, returned, timed, hours, collected_minor, freight_minor,
  return_cost_minor, collect_known, freight_known, return_cost_known, returned_freight_minor, month
from route_counts
where tenant_id = $1
order by month, city_key, carrier_code
