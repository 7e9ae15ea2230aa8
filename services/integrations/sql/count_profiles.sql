select count(*)
from import_profiles
where tenant_id = $1 and fingerprint <> $2
