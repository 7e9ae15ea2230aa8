with applied (tenant_id, import_id, seq) as (values ($1, $2, $3))
delete from import_chunks
where (tenant_id, import_id, seq) in (select a.tenant_id, a.import_id, a.seq from applied a)
