select carrier_code, status, shipments, reviewed
from batch_counts
where tenant_id = $1 and batch_id = $2
