-- What a key sends unless a message says otherwise, and how many recipients it may submit to; null: no limit.
alter table api_key add column stream varchar(32);
alter table api_key add column per_minute int;
alter table api_key add column per_day int;

-- The registered domains that a key may send for; a key without any may send for all. The domain may be
-- gone: a limit must not fall with what it named.
create table api_key_domain (
  key_id uuid not null references api_key (id) on delete cascade,
  domain_id uuid not null,
  primary key (key_id, domain_id)
);
insert into api_key_domain (key_id, domain_id)
  select id, domain_id from api_key where domain_id is not null;
alter table api_key drop column domain_id;

-- Recipients accepted with a key that has a limit for the day; days are those of UTC.
create table api_key_usage (
  key_id uuid not null,
  on_day date not null,
  recipients bigint not null,
  primary key (key_id, on_day)
);
