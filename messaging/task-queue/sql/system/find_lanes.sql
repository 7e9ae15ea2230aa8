with recursive seeds (priority, part, above, upto, most) as (values ($1, $2, $3, $4, $5)),
lanes (priority, part, upto, most, tenant_id, visited) as (
  select s.priority, s.part, s.upto, s.most, (
      select t.tenant_id
      from tasks t
      where t.state = 'waiting' and t.priority = s.priority and t.tenant_id > s.above
        and t.tenant_id <= s.upto
      order by t.tenant_id
      limit 1), 1
  from seeds s
  union all
  select l.priority, l.part, l.upto, l.most, (
      select t.tenant_id
      from tasks t
      where t.state = 'waiting' and t.priority = l.priority and t.tenant_id > l.tenant_id
        and t.tenant_id <= l.upto
      order by t.tenant_id
      limit 1), l.visited + 1
  from lanes l
  where l.tenant_id is not null and l.visited < l.most
)
select l.priority, l.part, l.tenant_id, (
    select min(t.due_at)
    from tasks t
    where t.state = 'waiting' and t.priority = l.priority and t.tenant_id = l.tenant_id)
from lanes l
where l.tenant_id is not null
order by l.priority, l.part, l.tenant_id
