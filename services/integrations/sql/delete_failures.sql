delete from import_failures
where tenant_id = $1 and import_id = $2
