with wanted (tenant_id, import_id, seq) as (values ($1, $2, $3))
select c.seq, c.body_sealed
from wanted w
join import_chunks c on c.tenant_id = w.tenant_id and c.import_id = w.import_id and c.seq = w.seq
