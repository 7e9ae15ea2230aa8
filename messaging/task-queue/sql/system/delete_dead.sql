delete from tasks
where state = 'dead' and (tenant_id, id) in (
  select o.tenant_id, o.id
  from tasks o
  where o.state = 'dead' and o.finished_at <= $1
  order by o.finished_at
  limit $2)
