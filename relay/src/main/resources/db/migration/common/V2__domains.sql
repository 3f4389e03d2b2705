-- Registered sending domains. A removed one keeps its row, for the history and for the mail of it
-- that is still queued, and gives up its active_name so that the name can be registered afresh.
create table sending_domain (
  id uuid primary key,
  name varchar(253) not null,
  active_name varchar(253),
  status varchar(20) not null,
  status_since timestamp(6) with time zone not null,
  return_path_label varchar(63) not null,
  open_tracking boolean not null,
  click_tracking boolean not null,
  tracking_subdomain varchar(63),
  require_tls boolean not null,
  created_at timestamp(6) with time zone not null,
  removed_at timestamp(6) with time zone,
  next_check_at timestamp(6) with time zone,
  checks integer not null,
  constraint sending_domain_once unique (active_name)
);
create index sending_domain_due on sending_domain (next_check_at);

-- Signing keys; the private half is sealed under the master key and written in Base64.
create table dkim_key (
  domain_id uuid not null,
  selector varchar(63) not null,
  role varchar(8) not null,
  published varchar(2000) not null,
  sealed varchar(8000) not null,
  primary key (domain_id, selector)
);

-- What was last seen of each record that a domain's owner publishes.
create table domain_record (
  domain_id uuid not null,
  type varchar(5) not null,
  name varchar(253) not null,
  status varchar(20) not null,
  explanation varchar(1000) not null,
  primary key (domain_id, type, name)
);

-- One row, counted up by every change that the nodes' snapshots must follow.
create table domain_revision (
  revision bigint not null
);
insert into domain_revision (revision) values (1);
