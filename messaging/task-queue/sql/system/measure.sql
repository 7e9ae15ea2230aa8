with recursive priorities (priority) as (values (0), (1), (2), (3)),
lanes (priority, tenant_id) as (
  select p.priority, (
      select t.tenant_id
      from tasks t
      where t.state = 'waiting' and t.priority = p.priority
      order by t.tenant_id, t.due_at
      limit 1)
  from priorities p
  union all
  select l.priority, (
      select t.tenant_id
      from tasks t
      where t.state = 'waiting' and t.priority = l.priority and t.tenant_id > l.tenant_id
      order by t.tenant_id, t.due_at
      limit 1)
  from lanes l
  where l.tenant_id is not null
),
oldest (priority, due_at) as (
  select l.priority, min((
      select min(t.due_at)
      from tasks t
      where t.state = 'waiting' and t.priority = l.priority and t.tenant_id = l.tenant_id))
  from lanes l
  group by l.priority
)
select cast(p.priority as bigint), cast(o.due_at as bigint), (
    select count(*)
    from (
      select 1
      from tasks t
      where t.state = 'waiting' and t.priority = p.priority
      limit $1) counted)
from priorities p
join oldest o on o.priority = p.priority
order by p.priority
