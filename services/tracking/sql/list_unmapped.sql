select carrier_code, phrase, sample, seen_count, first_seen_at, last_seen_at
from unmapped_statuses
where tenant_id = $1
order by seen_count desc, carrier_code, phrase
limit 500
