select tenant_id, credentials_sealed
from carrier_connections
where carrier = $1 and hook_hash = $2
