-- What became of each stream's mail, by the hour (since 1970) in which its copies were delivered or refused: what comes
-- later about a copy counts for that hour too. Nodes write rows of different slots, so that none waits for another.
create table stream_hour (
  domain_name varchar(253) not null,
  stream varchar(32) not null,
  on_hour bigint not null,
  slot smallint not null,
  delivered bigint not null,
  refused bigint not null,
  hard bigint not null,
  complained bigint not null,
  primary key (domain_name, stream, on_hour, slot)
);

-- What follows from it. Copies that were delivered before counted_from are not counted any more.
create table breaker (
  domain_name varchar(253) not null,
  stream varchar(32) not null,
  state varchar(12) not null,
  since timestamp(6) with time zone not null,
  counted_from timestamp(6) with time zone,
  reason varchar(200),
  primary key (domain_name, stream)
);
