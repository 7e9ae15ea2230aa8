with wanted (tenant_id, id) as (values ($1, $2))
delete from tasks
where (tenant_id, id) in (select w.tenant_id, w.id from wanted w) and finished_at is not null
