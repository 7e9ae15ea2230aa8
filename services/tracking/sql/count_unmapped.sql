select count(*)
from unmapped_statuses
where tenant_id = $1
