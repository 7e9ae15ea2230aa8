-- A file that waits for a person was not loaded: it does not stand in the way of the same content. One whose columns
-- nobody understands has failed; its file is still there for a layout.
update imports
set status = 'failed', finished_at = created_at
where status = 'held' and error_code is not null;
drop index imports_content;
create unique index imports_content on imports (tenant_id, content_hash) where status <> 'failed' and status <> 'held';
