select cast(coalesce(sum(shipments), 0) as bigint)
from shipment_counts
where terminal = false
