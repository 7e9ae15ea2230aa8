insert into unmapped_statuses (tenant_id, carrier_code, phrase, sample, seen_count, first_seen_at, last_seen_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (tenant_id, carrier_code, phrase) do update
set seen_count = unmapped_statuses.seen_count + excluded.seen_count, last_seen_at = excluded.last_seen_at
