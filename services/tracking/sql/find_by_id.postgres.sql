-- reason: PostgreSQL has many writers, so the rows are locked until the commit; SQLite has one.
from wanted w
join shipments s on s.tenant_id = w.tenant_id and s.id = w.id
order by s.id
for update of s
