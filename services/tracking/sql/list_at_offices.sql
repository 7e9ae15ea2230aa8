select s.id, s.office_since, s.carrier_code
from shipments s
where s.tenant_id = $1 and s.status = 'IN_OFFICE' and s.office_since is not null
  and ($2 is null or s.carrier_code = $2) and ($3 is null or s.city_key = $3)
