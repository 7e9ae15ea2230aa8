update imports
set status = 'failed', phase = 'done', finished_at = coalesce(finished_at, $1),
  error_code = coalesce(error_code, 'not_confirmed'), error_detail = coalesce(error_detail, $3)
where status in ('held', 'failed') and phase = 'waiting' and created_at < $2
