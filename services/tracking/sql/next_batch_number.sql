insert into batch_days (tenant_id, day, last_number)
values ($1, $2, 1)
on conflict (tenant_id, day) do update
set last_number = batch_days.last_number + 1
returning last_number
