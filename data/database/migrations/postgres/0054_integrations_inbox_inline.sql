-- A packed and sealed delivery of the usual size stays in its row: moved out it costs two more rows and two entries of
-- an index. `body_sealed` is still moved out when it is larger.
alter table webhook_inbox set (toast_tuple_target = 4080);
