with wanted (tenant_id, id, orders, updated_at) as (values ($1, $2, $3, $4))
update customers
set orders_count = orders_count + w.orders, version = version + 1, updated_at = w.updated_at
from wanted w
where customers.tenant_id = w.tenant_id and customers.id = w.id
