-- The secrets behind tokens in links, pixels and return paths. A row is never removed: links in mail
-- that was sent years ago must still verify.
create table token_key (
  id integer primary key,
  sealed_secret varchar(400) not null,
  created_at timestamp(6) with time zone not null
);
