insert into events (tenant_id, id, kind, entity_id, entity_version, payload_version, payload, trace_id, occurred_at, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
