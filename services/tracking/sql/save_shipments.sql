values (
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
  $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44,
  $45, $46, $47, $48, $49, $50, $51, $52
)
on conflict (tenant_id, id) do update set
  version = excluded.version, order_id = excluded.order_id, carrier_code = excluded.carrier_code, carrier_raw
  = excluded.carrier_raw, status = excluded.status, status_known = excluded.status_known, exception_reason =
  excluded.exception_reason, return_in_process = excluded.return_in_process, raw_status = excluded.raw_status,
  novelty = excluded.novelty, last_movement_text = excluded.last_movement_text, last_movement_at =
  excluded.last_movement_at, guide_created_at = excluded.guide_created_at, city_name = excluded.city_name,
  city_department = excluded.city_department, city_code = excluded.city_code, city_key = excluded.city_key,
  city_ambiguous = excluded.city_ambiguous, recipient_name_sealed = excluded.recipient_name_sealed,
  recipient_phone_sealed = excluded.recipient_phone_sealed, recipient_phone_blind =
  excluded.recipient_phone_blind, address_sealed = excluded.address_sealed, collect_minor =
  excluded.collect_minor, freight_minor = excluded.freight_minor, return_cost_minor =
  excluded.return_cost_minor, currency = excluded.currency, terminal = excluded.terminal, level_rank =
  excluded.level_rank, risk_rank = excluded.risk_rank, still_since = excluded.still_since, risk_score =
  excluded.risk_score, risk_level = excluded.risk_level, risk_reasons = excluded.risk_reasons, next_change_at
  = excluded.next_change_at, last_event_at = excluded.last_event_at, event_count = excluded.event_count,
  duplicate_count = excluded.duplicate_count, out_of_order_count = excluded.out_of_order_count, import_id =
  excluded.import_id, updated_at = excluded.updated_at, told_by = excluded.told_by, order_told_by =
  excluded.order_told_by, order_told_at = excluded.order_told_at, heard = excluded.heard,
  discrepancy = excluded.discrepancy, discrepancy_since = excluded.discrepancy_since, discrepancy_reviewed =
  excluded.discrepancy_reviewed, office_since = excluded.office_since
