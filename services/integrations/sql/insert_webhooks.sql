insert into webhook_inbox (
  tenant_id, id, source, delivery_id, account, topic, event_id, triggered_at, received_at, state, due_at, attempts,
  body_sealed
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (tenant_id, source, delivery_id) do nothing
