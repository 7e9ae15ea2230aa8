-- reason: PostgreSQL has many writers, so the rows are locked until the commit; SQLite has one.
from wanted w
join orders o on o.tenant_id = w.tenant_id and o.source = w.source and o.tracking_number = w.external_ref
order by o.id
for update of o
