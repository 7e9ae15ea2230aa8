select s.tracking_number
from shipments s
where s.tenant_id = $1 and s.tracking_number >= $2 and s.tracking_number < $3
order by s.tracking_number
limit 1 offset 1999
