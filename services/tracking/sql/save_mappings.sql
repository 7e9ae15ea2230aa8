insert into status_mappings (
  tenant_id, carrier_code, phrase, status, exception_reason, return_in_process, changed_at
)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (tenant_id, carrier_code, phrase) do update
set status = excluded.status, exception_reason = excluded.exception_reason,
  return_in_process = excluded.return_in_process, changed_at = excluded.changed_at
