#!/usr/bin/env python3
"""unchanged.py WRITTEN ARRIVED: whether a message arrived as it was written. Every field that was written stands in
what arrived, octet for octet and in its order; what else stands there is a field that is added on the way, and the
body is the same octets. Line ends are not compared: smtp-sink writes LF."""
import re, sys

SINK = {"x-client-addr", "x-client-proto", "x-helo-args", "x-mail-args", "x-rcpt-args"}
ADDED = {"received", "dkim-signature", "message-id", "date", "feedback-id"}


def parts(file):
    head, _, body = open(file, "rb").read().replace(b"\r\n", b"\n").partition(b"\n\n")
    return re.findall(rb"[^\n]+(?:\n[ \t][^\n]*)*", head), body


def name(field):
    return field.split(b":")[0].decode().lower()


written, body = parts(sys.argv[1])
arrived, arrived_body = parts(sys.argv[2])
arrived = [f for f in arrived if name(f) not in SINK]
rest = list(arrived)
position = 0
for field in written:
    if field not in arrived[position:]:
        sys.exit("missing, changed or out of order: %r" % field)
    position = arrived.index(field, position) + 1
    rest.remove(field)
foreign = [f for f in rest if name(f) not in ADDED]
if foreign:
    sys.exit("not written: %r" % foreign)
if {"dkim-signature", "message-id", "date", "feedback-id"} - {name(f) for f in arrived}:
    sys.exit("a field that the relay adds is missing: %r" % [name(f) for f in arrived])
# smtp-sink ends what it writes with an empty line
if arrived_body.rstrip(b"\n") != body.rstrip(b"\n"):
    first = next((i for i, (a, b) in enumerate(zip(body, arrived_body)) if a != b), min(len(body), len(arrived_body)))
    sys.exit("the body differs at octet %d: %r and %r" % (first, body[first:first + 40], arrived_body[first:first + 40]))
