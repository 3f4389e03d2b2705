-- Addresses that get no mail. "Any domain" is the zero id and "any stream" the empty text, because a
-- unique constraint does not count nulls as equal.
create table suppression (
  id uuid primary key,
  address varchar(400) not null,
  address_key varchar(400) not null,
  domain_id uuid not null,
  stream varchar(16) not null,
  origin varchar(16) not null,
  created_at timestamp(6) with time zone not null,
  constraint suppression_once unique (address_key, domain_id, stream)
);
