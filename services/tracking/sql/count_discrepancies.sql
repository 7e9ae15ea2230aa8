select s.discrepancy, s.discrepancy_reviewed, count(*)
from shipments s
where s.tenant_id = $1 and s.discrepancy is not null
group by s.discrepancy, s.discrepancy_reviewed
