insert into import_failures (tenant_id, import_id, seq, row_number, column_name, value_sealed, row_left_out, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8)
