insert into import_failed_rows (tenant_id, import_id, seq, row_number, body_sealed)
values ($1, $2, $3, $4, $5)
