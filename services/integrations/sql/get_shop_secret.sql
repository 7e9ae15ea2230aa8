select secret_sealed
from shop_domains
where tenant_id = $1 and source = $2 and domain = $3
