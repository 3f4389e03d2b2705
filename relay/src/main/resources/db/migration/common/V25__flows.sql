-- A claim passes over senders that have all the room they may have without reading their rows.
alter table delivery add column flow bigint default 0 not null;
drop index delivery_due;
create index delivery_due on delivery (due_at, recipient_domain, flow);
