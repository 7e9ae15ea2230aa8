select tenant_id, id
from shipments
where next_change_at <= $1
order by next_change_at
limit $2
