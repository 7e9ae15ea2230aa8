delete from webhook_inbox
where (tenant_id, id) in (
  select tenant_id, id
  from webhook_inbox
  where state = 'processed' and processed_at < $1
  order by processed_at
  limit 500
)
