select wrapped
from tenant_keys
where tenant_id = $1
