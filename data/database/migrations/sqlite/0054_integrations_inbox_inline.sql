-- PostgreSQL only: SQLite keeps what fits in the row anyway.
select 1;
