-- API keys: the secret itself is never stored, only its SHA-256 in lower-case hexadecimal.
create table api_key (
  id uuid primary key,
  name varchar(200) not null,
  permission varchar(16) not null,
  domain_id uuid,
  token_hash varchar(64) not null unique,
  created_at timestamp(6) with time zone not null
);
