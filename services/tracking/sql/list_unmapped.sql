select carrier_code, phrase, sample, seen_count, first_seen_at, last_seen_at
from unmapped_statuses
where tenant_id = $1 and (-seen_count, carrier_code, phrase) > ($2, $3, $4)
order by -seen_count, carrier_code, phrase
limit $5
