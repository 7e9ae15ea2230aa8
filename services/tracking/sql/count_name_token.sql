select count(*)
from (select 1 from recipient_name_tokens n where n.tenant_id = $1 and n.token = $2 limit $3) holders
