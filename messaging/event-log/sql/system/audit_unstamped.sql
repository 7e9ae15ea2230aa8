select count(*) from events where position is null and recorded_at < $1
