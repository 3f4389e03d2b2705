-- The life of signing keys: when a role began, whether a standby key is to take over once it is published, and when
-- the record of one that stopped signing may leave the DNS. A destroyed key keeps its row, without its private half,
-- so that its selector is never used again.
alter table dkim_key add column algorithm varchar(16) default 'RSA_SHA256' not null;
alter table dkim_key add column awaited boolean default false not null;
alter table dkim_key add column since timestamp(6) with time zone default current_timestamp not null;
alter table dkim_key add column removable_at timestamp(6) with time zone;

-- What happened to a domain, for its owner; kept for as long as the domain's row, which is for good.
create table domain_history (
  id uuid primary key,
  domain_id uuid not null,
  happened_at timestamp(6) with time zone not null,
  status varchar(20) not null,
  previous_status varchar(20) not null,
  reason varchar(2000) not null
);
create index domain_history_domain on domain_history (domain_id, id);
