insert into carrier_connections (
  tenant_id, carrier, entity_id, version, credentials_sealed, address, hook_hash, state, failures, due_at, created_at,
  changed_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9, $9)
on conflict (tenant_id, carrier) do update set
  version = excluded.version, credentials_sealed = excluded.credentials_sealed, address = excluded.address,
  state = excluded.state, detail = null, tested_at = null, failures = 0, due_at = excluded.due_at, reached = null,
  changed_at = excluded.changed_at
where carrier_connections.entity_id = excluded.entity_id and carrier_connections.version = excluded.version - 1
