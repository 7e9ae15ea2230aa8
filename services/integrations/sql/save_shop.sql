insert into shop_domains (tenant_id, source, domain, status, secret_sealed, created_at)
values ($1, $2, $3, 'pending', $4, $5)
on conflict (tenant_id, source, domain) do update set
  previous_secret_sealed = case when shop_domains.status = 'active' then shop_domains.secret_sealed else null end,
  previous_until = case when shop_domains.status = 'active' then cast($6 as bigint) else null end,
  secret_sealed = excluded.secret_sealed
