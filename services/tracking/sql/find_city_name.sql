select min(city_name)
from route_counts
where tenant_id = $1 and city_key = $2
having count(*) > 0
