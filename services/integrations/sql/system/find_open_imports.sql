select tenant_id, id
from imports
where status in ('queued', 'running') and lease_until <= $1
order by created_at
limit 20
