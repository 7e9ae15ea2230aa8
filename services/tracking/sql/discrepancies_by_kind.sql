select s.discrepancy_since, s.id
from shipments s
where s.tenant_id = $1 and s.discrepancy = $2 and s.discrepancy_reviewed = $3
  and (s.discrepancy_since, s.id) < ($4, $5)
order by s.discrepancy_since desc, s.id desc
limit $6
