update event_cursors set position = $2, moved_at = $3 where reaction = $1
