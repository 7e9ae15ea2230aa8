delete from status_mappings where tenant_id = $1 and carrier_code = $2 and phrase = $3
