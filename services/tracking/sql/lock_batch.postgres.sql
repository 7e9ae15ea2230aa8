-- reason: PostgreSQL has many writers; who changes a batch holds it until the commit. SQLite has one.
where b.tenant_id = $1 and b.id = $2
for update
