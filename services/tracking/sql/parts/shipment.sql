select s.id, s.version, s.tracking_number, s.order_id, s.carrier_code, s.carrier_raw,
  s.status, s.status_known, s.exception_reason, s.return_in_process, s.raw_status, s.novelty,
  s.last_movement_text, s.last_movement_at, s.guide_created_at,
  s.city_name, s.city_department, s.city_code, s.city_key, s.city_ambiguous,
  s.recipient_name_sealed, s.recipient_phone_sealed, s.recipient_phone_blind, s.address_sealed,
  s.collect_minor, s.freight_minor, s.return_cost_minor, s.currency,
  s.terminal, s.still_since, s.risk_score, s.risk_level, s.risk_reasons, s.next_change_at,
  s.last_event_at, s.event_count, s.duplicate_count, s.out_of_order_count,
  s.import_id, s.first_seen_at, s.updated_at, s.told_by, s.order_told_by, s.order_told_at
