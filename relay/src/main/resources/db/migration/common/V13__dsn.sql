-- What the application wants to hear of a delivery (RFC 3461), as on the wire: NOTIFY=NEVER ENVID=42
alter table delivery add column dsn varchar(800);
