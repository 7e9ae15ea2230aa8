select carrier_code, entity_id, version, rules, changed_at
from carrier_settings
where tenant_id = $1
order by carrier_code
