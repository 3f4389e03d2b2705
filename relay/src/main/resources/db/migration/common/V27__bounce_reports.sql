-- The MAIL FROM of the submission; null for the null sender and for mail accepted before it was kept.
alter table message add column envelope_from varchar(400);

-- How far the journal was read for bounces to report, one row: places up to `done` are, those up to `seen` come next. A node
-- that reads has the turn until it ends.
create table bounce_report_turn (
  id smallint primary key,
  done bigint not null,
  seen bigint not null,
  turn_until timestamp(6) with time zone not null
);
