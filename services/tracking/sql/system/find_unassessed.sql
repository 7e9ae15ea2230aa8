select tenant_id, changed_at, assessed_up_to
from risk_settings
where assessed_up_to is not null or assess_again_at <= $1
order by changed_at
limit 20
