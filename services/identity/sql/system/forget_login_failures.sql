delete from login_failures
where tenant_id = $1 and subject = $2
