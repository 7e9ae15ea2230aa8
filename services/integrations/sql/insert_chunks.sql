insert into import_chunks (tenant_id, import_id, seq, row_count, body_sealed)
values ($1, $2, $3, $4, $5)
