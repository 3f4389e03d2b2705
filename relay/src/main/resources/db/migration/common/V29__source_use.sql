-- Messages that were sent from an address that is being warmed up; days are those of UTC. Nodes add to the same rows.
create table source_use (
  address varchar(45) not null,
  on_day date not null,
  messages bigint not null,
  primary key (address, on_day)
);
