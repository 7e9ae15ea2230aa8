delete from webhook_inbox
where (tenant_id, id) in (
  select tenant_id, id
  from webhook_inbox
  where (state = 'processed' and processed_at < $1) or (state = 'parked' and received_at < $2)
  limit 500
)
