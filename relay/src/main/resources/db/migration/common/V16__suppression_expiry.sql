-- Until when an address is suppressed; null for good.
alter table suppression add column expires_at timestamp(6) with time zone;
create index suppression_expiry on suppression (expires_at);
