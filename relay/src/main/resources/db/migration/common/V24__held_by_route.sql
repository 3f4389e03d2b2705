-- The route of the configuration that held the delivery, which it passes once an operator has released it.
alter table delivery add column held_route varchar(32);
