-- A claim passes over destinations that have no room without reading their rows.
drop index delivery_due;
create index delivery_due on delivery (due_at, recipient_domain);
