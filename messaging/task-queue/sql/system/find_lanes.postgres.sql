-- reason: PostgreSQL keeps the index entries of claimed tasks until the next vacuum, so a lane is walked once for all that is asked of it; that takes a lateral join, which SQLite does not have.
with recursive seeds (priority, part, above, upto, most) as (values ($1, $2, $3, $4, $5)),
lanes (priority, part, upto, most, tenant_id, due_at, visited) as (
  select s.priority, s.part, s.upto, s.most, t.tenant_id, t.due_at, 1
  from seeds s
  cross join lateral (
    select o.tenant_id, o.due_at
    from tasks o
    where o.state = 'waiting' and o.priority = s.priority and o.tenant_id > s.above
      and o.tenant_id <= s.upto
    order by o.tenant_id, o.due_at
    limit 1) t
  union all
  select l.priority, l.part, l.upto, l.most, t.tenant_id, t.due_at, l.visited + 1
  from lanes l
  cross join lateral (
    select o.tenant_id, o.due_at
    from tasks o
    where o.state = 'waiting' and o.priority = l.priority and o.tenant_id > l.tenant_id
      and o.tenant_id <= l.upto
    order by o.tenant_id, o.due_at
    limit 1) t
  where l.visited < l.most
)
select l.priority, l.part, l.tenant_id, l.due_at
from lanes l
order by l.priority, l.part, l.tenant_id
