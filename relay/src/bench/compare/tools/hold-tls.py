#!/usr/bin/env python3
"""hold-tls.py HOST PORT COUNT: opens so many TLS connections to an SMTP server, says EHLO on each and holds them until
it is ended. Prints one JSON line when all stand: how many, and how many a second it took."""
import json, resource, socket, ssl, sys, time

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
held, begun = [], time.monotonic()
for _ in range(count):
    wire = context.wrap_socket(socket.create_connection((host, port), timeout=20))
    wire.recv(512)
    wire.sendall(b"EHLO sleeper.example\r\n")
    wire.recv(4096)
    held.append(wire)
print(json.dumps(dict(held=len(held), per_s=round(count / (time.monotonic() - begun)))), flush=True)
while True:
    time.sleep(60)
