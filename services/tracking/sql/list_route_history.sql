select city_key, carrier_code, city_name, delivered, returned, timed, minutes
from route_history
where tenant_id = $1
