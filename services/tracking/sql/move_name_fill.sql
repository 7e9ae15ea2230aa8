update name_fills
set up_to = $3
where tenant_id = $1 and up_to = $2
