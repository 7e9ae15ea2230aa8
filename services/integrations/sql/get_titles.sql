select file_name, titles_sealed
from imports
where tenant_id = $1 and id = $2
