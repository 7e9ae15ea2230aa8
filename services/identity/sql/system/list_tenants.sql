select tenant_id, slug, name, demo
from tenants
order by created_at, tenant_id
