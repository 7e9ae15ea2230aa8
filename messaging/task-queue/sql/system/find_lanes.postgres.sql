-- reason: several workers claim at once on PostgreSQL, and only the one that holds a tenant's lock may count its running tasks; the number is this queue's own.
with recursive seeds (priority, part, above, upto, due_by, most) as (values ($1, $2, $3, $4, $5, $6)),
lanes (priority, part, upto, due_by, most, tenant_id, visited) as (
  select s.priority, s.part, s.upto, s.due_by, s.most, (
      select t.tenant_id
      from tasks t
      where t.state = 'waiting' and t.priority = s.priority and t.tenant_id > s.above
        and t.tenant_id <= s.upto
      order by t.tenant_id
      limit 1), 1
  from seeds s
  union all
  select l.priority, l.part, l.upto, l.due_by, l.most, (
      select t.tenant_id
      from tasks t
      where t.state = 'waiting' and t.priority = l.priority and t.tenant_id > l.tenant_id
        and t.tenant_id <= l.upto
      order by t.tenant_id
      limit 1), l.visited + 1
  from lanes l
  where l.tenant_id is not null and l.visited < l.most
)
select l.priority, l.part, l.tenant_id, exists (
    select 1
    from tasks t
    where t.state = 'waiting' and t.priority = l.priority and t.tenant_id = l.tenant_id
      and t.due_at <= l.due_by) and pg_try_advisory_xact_lock(730541630, hashtext(l.tenant_id::text))
from lanes l
where l.tenant_id is not null
order by l.priority, l.part, l.tenant_id
