select i.id, i.file_name, i.size_bytes, i.status, i.phase, i.format, i.created_by, i.created_at, i.started_at, i.finished_at,
  i.rows_total, i.rows_read, i.rows_applied, i.rows_skipped, i.rows_failed, i.chunks, i.next_chunk,
  i.orders_created, i.orders_updated, i.shipments_created, i.shipments_updated,
  i.events_new, i.events_duplicate, i.events_out_of_order,
  i.error_code, i.error_detail, i.error_columns, i.warnings, i.attempts
from imports i
