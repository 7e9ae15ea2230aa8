-- reason: each engine has a catalogue of its own.
select t.table_name, k.column_name
from information_schema.table_constraints t
join information_schema.key_column_usage k
  on k.constraint_schema = t.constraint_schema and k.constraint_name = t.constraint_name
where t.constraint_type = 'PRIMARY KEY' and t.table_schema = 'public'
  and exists (
    select 1 from information_schema.columns c
    where c.table_schema = 'public' and c.table_name = t.table_name and c.column_name = 'tenant_id')
order by t.table_name, k.ordinal_position
