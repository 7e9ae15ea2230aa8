-- reason: each engine has a catalogue of its own.
select child.relname, parent.relname
from pg_constraint k
join pg_class child on child.oid = k.conrelid
join pg_class parent on parent.oid = k.confrelid
where k.contype = 'f'
