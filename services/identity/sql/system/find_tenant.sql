select tenant_id, slug, name, demo
from tenants
where slug = $1
