-- Which message a key of an application stood for, and a digest of what it was; for a day.
create table idempotency (
  key_digest uuid primary key,
  content_digest uuid not null,
  message_id uuid not null,
  created_at timestamp(6) with time zone not null
);
create index idempotency_age on idempotency (created_at);
