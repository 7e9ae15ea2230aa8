update imports
set status = 'failed', phase = 'done', finished_at = $3, error_code = 'discarded', error_detail = $4,
  error_columns = null
where tenant_id = $1 and id = $2 and status in ('held', 'failed') and phase = 'waiting'
