select position from event_cursors where reaction = $1
