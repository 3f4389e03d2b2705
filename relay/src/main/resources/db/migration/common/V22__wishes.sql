-- What an operator wants of a delivery that a node has in hand, done as soon as that node lets go of it: hold or cancel.
-- A held delivery without one is held for a fault of ours, until the next start.
alter table delivery add column wish varchar(8);
alter table delivery add column wish_reason varchar(200);

-- One row, counted up by every wish that concerns deliveries in hand.
create table queue_revision (
  revision bigint not null
);
insert into queue_revision (revision) values (1);
