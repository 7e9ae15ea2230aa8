delete from import_failed_rows
where tenant_id = $1 and import_id = $2
