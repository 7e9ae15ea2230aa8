select m.name, c.name
from sqlite_master m join pragma_table_info(m.name) c
where m.type = 'table' and c.pk > 0
  and exists (select 1 from pragma_table_info(m.name) t where t.name = 'tenant_id')
order by m.name, c.pk
