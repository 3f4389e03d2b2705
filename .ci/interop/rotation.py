#!/usr/bin/python3
"""rotation.py WORK KEY: mail flows at 50 messages a second through whole rotations of a domain's keys, and dkimpy judges
every message as it arrives, with the DNS as it is published at that moment.

WORK holds the zone file `rotate.example` that nsd serves; the relay's admin API is on 127.0.0.1:8081 with the full-access
key KEY, its submission door on 127.0.0.1:2587 and trusted. aiosmtpd is the recipients' host, on 127.0.0.5:25."""
import json
import os
import signal
import smtplib
import sys
import threading
import time
import urllib.request
from collections import Counter

import dkim
from aiosmtpd.controller import Controller

WORK, KEY = sys.argv[1:3]
DOMAIN = "rotate.example"
RATE = 50
SESSIONS = 4
LONGEST = 150
received, selectors, refused = Counter(), Counter(), []
accepted, failures = [], []
done = threading.Event()
began = time.monotonic()


class Receiver:
    async def handle_DATA(self, server, session, envelope):
        verifier = dkim.DKIM(envelope.content)
        signatures = [v for n, v in verifier.headers if n.lower() == b"dkim-signature"]
        used = []
        for index in range(len(signatures)):
            try:
                right = verifier.verify(idx=index)
            except dkim.DKIMException as reason:
                right, refused_for = False, str(reason)
            else:
                refused_for = "signature"
            tags = dkim.util.parse_tag_value(signatures[index])
            used.append(tags[b"s"].decode())
            if not right:
                refused.append((used[-1], refused_for, round(time.monotonic() - began, 1)))
        if not used:
            refused.append(("none", "no signature", round(time.monotonic() - began, 1)))
        selectors["+".join(sorted(used))] += 1
        identifier = [v for n, v in verifier.headers if n.lower() == b"message-id"][0].strip()
        received[identifier] += 1
        return "250 2.0.0 taken"


def session(number):
    """A session's share of the rate, by the clock: a slow answer is caught up with."""
    client = smtplib.SMTP("127.0.0.1", 2587, timeout=30)
    sent, start = 0, time.monotonic()
    while not done.is_set():
        pause = start + sent * SESSIONS / RATE - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        name = f"<r{number}.{sent}@load>"
        try:
            client.sendmail(f"app@{DOMAIN}", ["ann@rcpt.example"],
                            f"From: app@{DOMAIN}\r\nTo: ann@rcpt.example\r\nSubject: rotation\r\n"
                            f"Message-ID: {name}\r\n\r\n" + "Mail in a rotation.\r\n" * 20)
            accepted.append(name.encode())
        except (OSError, smtplib.SMTPException) as reason:
            failures.append(str(reason))
        sent += 1
    client.quit()


def api(method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:8081/domains/{DOMAIN}{path}", method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=40) as answer:
        return json.load(answer)


def publish(*wanted):
    """Publishes the domain's plan, of its keys only the wanted selectors."""
    lines = [f"$ORIGIN {DOMAIN}.", "$TTL 5", f"@ SOA ns.{DOMAIN}. root.{DOMAIN}. {int(time.time())} 3600 600 86400 1",
             f"@ NS ns.{DOMAIN}.", "ns A 127.0.0.1"]
    shown = {f"{key['selector']}._domainkey": key["published"] for key in api("GET", "/keys")["data"]}
    records = [(r["name"], r["type"], r["value"], r.get("priority")) for r in api("GET", "")["records"]
               if not r["name"].endswith("._domainkey")]
    records += [(f"{s}._domainkey", "TXT", shown[f"{s}._domainkey"], None) for s in wanted]
    for name, kind, value, priority in records:
        if kind == "TXT":
            value = " ".join(f'"{value[i:i + 255]}"' for i in range(0, len(value), 255))
        else:
            value = f"{priority} {value}." if kind == "MX" else value + "."
        lines.append(f"{name} {kind} {value}")
    with open(f"{WORK}/zones/{DOMAIN}", "w", encoding="ascii") as zone:
        zone.write("\n".join(lines) + "\n")
    os.kill(int(open(f"{WORK}/nsd.pid", encoding="ascii").read()), signal.SIGHUP)


def until(what, condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{what}: not within {seconds} s; keys {roles()}")
        time.sleep(0.25)
    print(f"{time.monotonic() - began:5.1f} s  {what}: {roles()}", flush=True)


def roles():
    return {key["selector"]: key["role"] for key in api("GET", "/keys")["data"]}


def role(selector, wanted):
    return lambda: roles().get(selector) == wanted


def signed_by(names):
    return lambda: selectors[names] > 0


controller = Controller(Receiver(), hostname="127.0.0.5", port=25)
controller.start()
publish("wb1")
api("POST", "/verify", {})
until("verified", lambda: api("GET", "")["status"] == "verified")
load = [threading.Thread(target=session, args=(n,), daemon=True) for n in range(SESSIONS)]
for thread in load:
    thread.start()
limit = threading.Timer(LONGEST, done.set)
limit.daemon = True
limit.start()
until("mail flows", signed_by("wb1"))

answer = api("POST", "/keys/rotate", {})
if answer["state"] != "waiting" or answer["active"] != "wb1":
    sys.exit(f"a key that is not published: {answer}")
print(f"        {answer['explanation']}")
time.sleep(3)
publish("wb1", "wb2")
until("the standby key took over", role("wb2", "active"))
until("it signs", signed_by("wb2"))

api("PATCH", "", {"dkim_ed25519": True})
publish("wb1", "wb2", "wb3", "wbe1")
api("POST", "/verify", {})
until("an Ed25519 key signs too", role("wbe1", "active"))
until("two signatures arrive", signed_by("wb2+wbe1"))

answer = api("POST", "/keys/rotate", {})
if answer["state"] != "switched" or answer["active"] != "wb3":
    sys.exit(f"a key that is published: {answer}")
print(f"        {answer['explanation']}")
until("a published key took over at once", role("wb3", "active"))

api("POST", "/keys/rotate", {"rsa_bits": 4096})
longer = [s for s, r in roles().items() if r == "standby"][0]
publish("wb1", "wb2", "wb3", longer, "wbe1")
until("a key of 4096 bits took over", role(longer, "active"))
api("POST", "/keys/rotate", {"algorithm": "ed25519"})
publish("wb1", "wb2", "wb3", longer, "wbe1", "wbe2")
until("the second Ed25519 key took over", role("wbe2", "active"))
until("they sign", signed_by(f"{longer}+wbe2"))

until("the first key is destroyed", role("wb1", "retired"))
publish("wb2", "wb3", longer, "wbe1", "wbe2")
until("the others too", lambda: list(roles().values()).count("retired") >= 5)
publish(longer, "wbe2")
time.sleep(5)
done.set()
for thread in load:
    thread.join(30)
seconds = time.monotonic() - began
until("everything arrived", lambda: len(received) >= len(accepted))
controller.stop()
print(f"{len(accepted)} messages in {seconds:.0f} s, {len(set(accepted) - set(received))} lost, "
      f"{sum(received.values()) - len(received)} twice, {len(refused)} signatures refused; signed by {dict(selectors)}")
for problem in (refused + failures)[:10]:
    print(problem)
if refused or failures or set(accepted) - set(received) or len(accepted) < 0.9 * RATE * (seconds - 10):
    sys.exit(1)
