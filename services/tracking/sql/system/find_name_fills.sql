select tenant_id, up_to
from name_fills
where tenant_id > $1
order by tenant_id
limit $2
