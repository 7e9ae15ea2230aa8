select tenant_id, slug, name, demo, country
from tenants
where slug = $1
