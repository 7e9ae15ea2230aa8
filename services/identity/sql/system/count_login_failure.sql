-- Answers no row while the subject has to wait: nothing is counted then.
insert into login_failures (tenant_id, subject, failures, last_at, wait_until)
values ($1, $2, 1, $3, $3)
on conflict (tenant_id, subject) do update set
  failures = case when login_failures.last_at < $4 then 1 else login_failures.failures + 1 end,
  last_at = excluded.last_at
where login_failures.wait_until <= excluded.last_at
returning failures
