select high_from, medium_from, cities, carriers, changed_at
from risk_settings
where tenant_id = $1
