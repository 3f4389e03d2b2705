-- For how long the DNS itself has said that a verified domain lacks a required record, and when it last said so.
alter table sending_domain add column absent_millis bigint default 0 not null;
alter table sending_domain add column absent_at timestamp(6) with time zone;
