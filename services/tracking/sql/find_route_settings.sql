select entity_id, version, policy, changed_at
from route_settings
where tenant_id = $1
