delete from events
where tenant_id = $1 and id in (select e.id from events e where e.tenant_id = $1 limit $2)
returning coalesce(position, 0)
