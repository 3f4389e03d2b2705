-- Submitted bytes where every node can read them.
create table body (
  message_id uuid primary key,
  bytes bytea not null
);
