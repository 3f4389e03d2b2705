variable "waybill_zone_id_example_com" {
  description = "Route 53 hosted zone of example.com"
  type        = string
}

resource "aws_route53_record" "waybill_send_example_com_mx" {
  zone_id = var.waybill_zone_id_example_com
  name    = "send.example.com"
  type    = "MX"
  ttl     = 3600
  records = ["10 relay.example.net."]
}

resource "aws_route53_record" "waybill_send_example_com_txt" {
  zone_id = var.waybill_zone_id_example_com
  name    = "send.example.com"
  type    = "TXT"
  ttl     = 3600
  records = ["v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"]
}

resource "aws_route53_record" "waybill_wb1__domainkey_example_com_txt" {
  zone_id = var.waybill_zone_id_example_com
  name    = "wb1._domainkey.example.com"
  type    = "TXT"
  ttl     = 3600
  records = ["v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoUOkayeHYyesYbvgSb/zsdYZYIt4YC+zvkjx3NftO1U1wYJId6ZqHh+fdG/1Aleei2VCWfCB3KoXdfMG0awkTxQHlNPYNqsKhopAFzj+Intil/DiaMz9ha6nynVxS5V9uJPlRRjNwxKnN1XRO+RVUWgvOsO31sWd7EnTVqcMbe1QvJ39SNdMlV2vgUZc4wvmL\"\"l1+c+24cTfCCNJPK7YEd0PHAK1nuV559XscWKv1efwBOK128KThZfGJCxME8bZsGS706Q139Sym8PL4mLQic9VjJGHQe2CS2TjZyrsKIwvohuj1MPIUQcSTQL/sI2qzVMW8DbAp7Lm7iAdXqRY3iwIDAQAB"]
}

resource "aws_route53_record" "waybill_wb2__domainkey_example_com_txt" {
  zone_id = var.waybill_zone_id_example_com
  name    = "wb2._domainkey.example.com"
  type    = "TXT"
  ttl     = 300
  records = ["v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvp7rEMcMZ1qBHuX2G2aUU1r0/1ZoPdXi1GBBD1mFjTSFIEWNnBUN0yW2/vFcOLwrotIRYL95gMQShq2RTS1KenQHHMZCrRritV/xPqIpKtv5vGBUX3IPQzRVIpz4pcyWAR2Grldp0Ld5WIQXNA8VYcojdqFwaQ6oZ5Abc6ACv6NYmr5BszGFuTcFcnIZNkXxQ\"\"OV0EKzYIk/oMd//dwtDFMspxw8sNgblIy9/93HGJzVIx8EestpMd/dEtiGOLY0UOTlWsMwHdMhqmekRHpw4eZlqgwN+AtzrQ2XBIQW8HYb04rigGxqNyRFxKTvdEUbeODO21Y6ESLPeUk+6Wh7SgwIDAQAB"]
}

resource "aws_route53_record" "waybill__dmarc_example_com_txt" {
  zone_id = var.waybill_zone_id_example_com
  name    = "_dmarc.example.com"
  type    = "TXT"
  ttl     = 3600
  records = ["v=DMARC1; p=none; rua=mailto:dmarc@send.example.com"]
}

resource "aws_route53_record" "waybill_links_example_com_cname" {
  zone_id = var.waybill_zone_id_example_com
  name    = "links.example.com"
  type    = "CNAME"
  ttl     = 3600
  records = ["track.example.net."]
}
