select tenant_id, up_to
from name_fills
order by tenant_id
limit 20
