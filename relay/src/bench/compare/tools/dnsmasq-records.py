#!/usr/bin/env python3
"""dnsmasq-records.py DOMAIN: reads `waybillctl domains records DOMAIN --output json` on stdin and writes dnsmasq lines.

The signing key's record is left out: the environment publishes it for every peer.
"""
import json, sys

def absolute(name):
    return name.rstrip(".")

records = json.load(sys.stdin)
records = records.get("records", records.get("data")) if isinstance(records, dict) else records
for r in records:
    name = absolute(r.get("fqdn") or r["name"])
    if not name.endswith(sys.argv[1]): name += "." + sys.argv[1]
    if "._domainkey." in name: continue
    kind, value = r["type"], r["value"]
    if kind == "MX": print("mx-host=%s,%s,%s" % (name, absolute(value), r.get("priority") or 10))
    elif kind == "CNAME": print("cname=%s,%s" % (name, absolute(value)))
    elif kind == "TXT": print("txt-record=%s,%s" % (name, ",".join('"%s"' % value[i:i + 200] for i in range(0, len(value), 200))))
