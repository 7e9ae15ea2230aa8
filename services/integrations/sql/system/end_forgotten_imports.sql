update imports
set status = 'failed', phase = 'done', finished_at = $1, error_code = 'not_confirmed', error_detail = $3,
  error_columns = null
where status = 'held' and created_at < $2
