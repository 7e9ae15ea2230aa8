delete from login_failures
where (tenant_id, subject) in (
  select o.tenant_id, o.subject from login_failures o where o.last_at < $1 order by o.last_at limit $2)
