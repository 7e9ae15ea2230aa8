with fresh (tenant_id, id, level_rank, risk_rank, risk_score, risk_level, risk_reasons, next_change_at) as (
  values ($1, $2, $3, $4, $5, $6, $7, $8)
)
update shipments
set level_rank = fresh.level_rank, risk_rank = fresh.risk_rank, risk_score = fresh.risk_score,
  risk_level = fresh.risk_level, risk_reasons = fresh.risk_reasons, next_change_at = fresh.next_change_at
from fresh
where shipments.tenant_id = fresh.tenant_id and shipments.id = fresh.id
