select count(*) from status_rereads where tenant_id = $1
