select city_key, carrier_code
from route_pauses
where tenant_id = $1 and resumed_at is null
