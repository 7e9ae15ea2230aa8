delete from name_fills
where tenant_id = $1 and up_to = $2
