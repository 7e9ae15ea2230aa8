insert into rounds (
  tenant_id, person_blind, day, kind, slot, started, ended, minutes, initial, done, cancelled, scheduled, difficult,
  pending, reviewed, solved, gone_back, import_id, told_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
on conflict (tenant_id, person_blind, day, kind, slot) do update
set started = excluded.started,
  ended = excluded.ended,
  minutes = excluded.minutes,
  initial = excluded.initial,
  done = excluded.done,
  cancelled = excluded.cancelled,
  scheduled = excluded.scheduled,
  difficult = excluded.difficult,
  pending = excluded.pending,
  reviewed = excluded.reviewed,
  solved = excluded.solved,
  gone_back = excluded.gone_back,
  import_id = excluded.import_id,
  told_at = excluded.told_at
where rounds.told_at <= excluded.told_at
