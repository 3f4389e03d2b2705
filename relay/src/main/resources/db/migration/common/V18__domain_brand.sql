-- What a domain shows to recipients. Texts are counted in characters and stored in up to two UTF-16 units each. Of the
-- logo the row knows what a page needs; the picture rests in a table of its own, which no snapshot reads.
alter table sending_domain add column display_name varchar(200);
alter table sending_domain add column unsubscribe_footer varchar(1000);
alter table sending_domain add column logo_format varchar(4);
alter table sending_domain add column logo_size integer;
alter table sending_domain add column logo_width integer;
alter table sending_domain add column logo_height integer;
alter table sending_domain add column logo_digest varchar(64);

create table domain_logo (
  domain_id uuid primary key,
  digest varchar(64) not null,
  picture bytea not null
);
