select tenant_id, carrier
from carrier_connections
where due_at <= $1
order by due_at, tenant_id, carrier
limit $2
