select tenant_id, status, secret_sealed, previous_secret_sealed, previous_until
from shop_domains
where source = $1 and domain = $2
order by created_at, tenant_id
