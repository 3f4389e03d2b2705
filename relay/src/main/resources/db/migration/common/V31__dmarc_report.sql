-- Aggregate reports about a registered domain: what receivers say of the mail that claims to come from it. A reporter's
-- report about a stretch of time is there once; the digest stands for who, which and when.
create table dmarc_report (
  id uuid primary key,
  domain_name varchar(253) not null,
  digest varchar(64) not null,
  organization varchar(100) not null,
  email varchar(254) not null,
  report_id varchar(255) not null,
  begins_at timestamp(6) with time zone not null,
  ends_at timestamp(6) with time zone not null,
  -- the middle of that time, in UTC, as 2026-01-31
  on_day varchar(10) not null,
  received_at timestamp(6) with time zone not null,
  policy_domain varchar(253) not null,
  policy varchar(10),
  subdomain_policy varchar(10),
  testing boolean not null,
  percent smallint not null,
  messages bigint not null,
  passed bigint not null,
  row_count integer not null,
  constraint dmarc_report_once unique (domain_name, digest)
);
create index dmarc_report_by_day on dmarc_report (domain_name, on_day);
create index dmarc_report_by_id on dmarc_report (domain_name, id);
create index dmarc_report_by_age on dmarc_report (on_day);

-- Mail that a reporter judged alike.
create table dmarc_row (
  report uuid not null references dmarc_report (id) on delete cascade,
  place integer not null,
  -- null where the report does not say, or where rare ones were put together
  source varchar(45),
  header_from varchar(253) not null,
  disposition varchar(10) not null,
  -- why the policy was not followed; empty where it was
  exception varchar(32) not null,
  dkim varchar(10) not null,
  dkim_domain varchar(253) not null,
  dkim_selector varchar(63) not null,
  spf varchar(10) not null,
  spf_domain varchar(253) not null,
  messages bigint not null,
  primary key (report, place)
);
