-- What was said in attempts at deliveries, some hundred attempts a row, where every node can read it. It may be lost:
-- the log need not be flushed for it.
create table transcript_block (
  id bigint generated always as identity primary key,
  ended_at timestamp(6) with time zone not null,
  messages uuid[] not null,
  octets integer not null,
  content bytea not null
);
alter table transcript_block alter column content set storage external;
create index transcript_block_ended on transcript_block (ended_at);
