update imports
set status = 'queued', phase = 'waiting', layout_sealed = $3, error_code = null, error_detail = null,
  error_columns = null, finished_at = null, attempts = 0
where tenant_id = $1 and id = $2 and status in ('held', 'failed') and phase = 'waiting'
