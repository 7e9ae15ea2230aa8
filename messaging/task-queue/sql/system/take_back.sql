update tasks
set state = case when attempt - earlier_attempts < max_attempts then 'waiting' else 'dead' end,
  finished_at = case when attempt - earlier_attempts < max_attempts then null else $1 end,
  due_at = $1, worker = null, last_error = $2
where state = 'running' and due_at <= $3
  and (tenant_id, id) in (
    select e.tenant_id, e.id
    from tasks e
    where e.state = 'running' and e.due_at <= $3
    limit $4)
returning kind, state
