insert into shipments (
  tenant_id, id, version, tracking_number, order_id, carrier_code, carrier_raw, status, status_known,
  exception_reason, return_in_process, raw_status, novelty, last_movement_text, last_movement_at,
  guide_created_at, city_name, city_department, city_code, city_key, city_ambiguous, recipient_name_sealed,
  recipient_phone_sealed, recipient_phone_blind, address_sealed, collect_minor, freight_minor,
  return_cost_minor, currency, terminal, level_rank, risk_rank, still_since, risk_score, risk_level,
  risk_reasons, next_change_at, last_event_at, event_count, duplicate_count, out_of_order_count, import_id,
  first_seen_at, updated_at, told_by, order_told_by, order_told_at, heard, discrepancy,
  discrepancy_since, discrepancy_reviewed, office_since
)
