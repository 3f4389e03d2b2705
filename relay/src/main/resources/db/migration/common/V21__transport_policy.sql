-- MTA-STS policies as fetched (RFC 8461). One stands until expires_at, whatever the domain publishes by then.
create table sts_policy (
  domain varchar(255) primary key,
  record_id varchar(32) not null,
  mode varchar(8) not null,
  -- names and wildcards, parted by blanks
  hosts varchar(65536) not null,
  max_age_seconds bigint not null,
  fetched_at timestamp(6) with time zone not null,
  expires_at timestamp(6) with time zone not null,
  refresh_at timestamp(6) with time zone not null,
  -- when mail last went to the domain, give or take a day
  used_at timestamp(6) with time zone not null
);
create index sts_policy_refresh on sts_policy (refresh_at);

-- How well connections to each host were secured when last seen, to tell when that gets worse.
create table tls_seen (
  host varchar(255) primary key,
  level smallint not null,
  seen_at timestamp(6) with time zone not null
);
create index tls_seen_age on tls_seen (seen_at);
