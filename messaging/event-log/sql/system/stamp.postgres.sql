-- reason: on SQLite the row id is the position, so nothing is stamped there.
update events e
set position = s.position
from (
  select w.tenant_id, w.id,
    coalesce((select max(l.position) from events l), 0) + row_number() over (order by w.appended) as position
  from (
    select u.tenant_id, u.id, u.appended
    from events u
    where u.position is null
    order by u.appended
    limit $1
  ) w
) s
where e.tenant_id = s.tenant_id and e.id = s.id
