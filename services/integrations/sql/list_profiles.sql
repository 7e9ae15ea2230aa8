select id, name, layout_sealed, created_by, created_at, updated_at
from import_profiles
where tenant_id = $1
order by updated_at desc, id desc
limit 200
