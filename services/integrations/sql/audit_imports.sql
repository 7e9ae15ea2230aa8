select i.id, i.status, i.phase, i.finished_at, i.created_at, i.lease_until, i.chunks, i.next_chunk,
  (select count(*) from import_chunks c where c.tenant_id = i.tenant_id and c.import_id = i.id)
from imports i
where i.tenant_id = $1 and i.id > $2
order by i.id
limit $3
