select tenant_id, slug, name, demo, country
from tenants
order by created_at, tenant_id
