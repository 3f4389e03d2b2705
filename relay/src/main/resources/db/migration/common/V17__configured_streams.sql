-- Streams have names of their own now, and a message keeps the kind that its stream had.
alter table message alter column stream set data type varchar(32);
alter table suppression alter column stream set data type varchar(32);
alter table message add column stream_kind varchar(16) default 'transactional' not null;
update message set stream_kind = 'marketing' where stream = 'marketing';
