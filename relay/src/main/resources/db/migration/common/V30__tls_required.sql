-- What the sender asked for about TLS (RFC 8689): 'yes' for REQUIRETLS, 'no' for TLS-Required: No, null for nothing.
alter table message add column tls_required varchar(3);
