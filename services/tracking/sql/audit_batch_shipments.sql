select carrier_code, status, count(*), count(reviewed_at)
from batch_shipments
where tenant_id = $1 and batch_id = $2
group by carrier_code, status
