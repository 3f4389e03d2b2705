-- Sessions that were counted for domains that want TLS reports (RFC 8460). Each process has rows of its own, which a report
-- adds up; they are removed once the day is reported.
create table tls_session (
  -- in UTC, as 2026-01-31
  report_day varchar(10) not null,
  domain varchar(255) not null,
  digest varchar(32) not null,
  writer varchar(36) not null,
  policy_type varchar(16) not null,
  policy_domain varchar(255) not null,
  -- one a line
  policy_strings varchar(10000) not null,
  policy_hosts varchar(10000) not null,
  -- null for sessions as they should be
  result varchar(32),
  reason varchar(200),
  local_address varchar(45),
  host varchar(255),
  remote_address varchar(45),
  sessions bigint not null,
  primary key (report_day, domain, digest, writer)
);

-- Reports, one row for each place that a domain wants one at; the rows of a day and domain are made at once.
create table tls_report (
  report_day varchar(10) not null,
  domain varchar(255) not null,
  place smallint not null,
  report_id varchar(36) not null,
  uri varchar(1000) not null,
  -- due, sent, failed; none: nobody wants it any more
  state varchar(8) not null,
  attempts integer not null,
  next_at timestamp(6) with time zone not null,
  gives_up_at timestamp(6) with time zone not null,
  primary key (report_day, domain, place)
);
create index tls_report_due on tls_report (state, next_at);
