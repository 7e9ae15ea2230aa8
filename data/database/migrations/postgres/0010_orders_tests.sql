-- Orders by which a shop's owner tries things out are listed apart.
create index orders_tests on orders (tenant_id, placed_at, id) where test;
