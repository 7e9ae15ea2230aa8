-- reason: of several workers one has the reaction and the others pass on; SQLite has one writer.
select position from event_cursors where reaction = $1 for update skip locked
