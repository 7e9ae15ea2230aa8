select count(*) from events where position > $1 and position <= $2
