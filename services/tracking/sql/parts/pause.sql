select id, city_key, city_name, carrier_code, reason, paused_at, paused_by_user, paused_by_key, resumed_at,
  resumed_by_user, resumed_by_key, resume_reason
from route_pauses
