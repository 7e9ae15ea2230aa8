select count(*), coalesce(max(position), 0) from events where position is not null
