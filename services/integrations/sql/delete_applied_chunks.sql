delete from import_chunks
where tenant_id = $1 and import_id = $2 and seq < $3
