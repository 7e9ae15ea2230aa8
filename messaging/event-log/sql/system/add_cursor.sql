insert into event_cursors (reaction, position, moved_at)
values ($1, 0, $2)
on conflict (reaction) do nothing
