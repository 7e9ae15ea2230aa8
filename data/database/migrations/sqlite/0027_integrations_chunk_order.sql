-- The order in which a file's chunks are applied: JSON, a list of their numbers. Rows that touch the same pages of
-- the indexes lie together there. Null: in the order of their numbers.
alter table imports add column chunk_order text;
