select carrier_code, phrase, status, exception_reason, return_in_process, changed_at
from status_mappings
where tenant_id = $1
order by carrier_code, phrase
