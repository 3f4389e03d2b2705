-- What came in by mail behind an event, for as long as the event is kept: a bounce, a complaint, or a letter to
-- dmarc@, postmaster@ or abuse@. Of one kind about one delivery there is one; letters are about none.
create table raw_report (
  seq bigint primary key references event (seq) on delete cascade,
  type varchar(32) not null,
  message_id uuid,
  ordinal integer,
  octets bigint not null,
  content bytea not null,
  constraint raw_report_once unique (message_id, ordinal, type)
);
