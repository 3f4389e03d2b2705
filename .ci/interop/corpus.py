#!/usr/bin/python3
"""corpus.py WORK CORPUS MAILS: submits every message of CORPUS by smtplib with all tracking on, takes the copies as the
recipients' host on 127.0.0.5:25, and holds each against what was submitted: Python's email must read the same parts,
dkimpy must accept the signature, what was added must be what expected.csv says, and so must the events. Then submits the
HTML files of MAILS as mail and leaves each in WORK/pages as NAME.before, NAME.after and NAME.charset for a browser."""
import base64
import csv
import email
import hashlib
import html
import json
import os
import pathlib
import quopri
import re
import smtplib
import sys
import time
import urllib.request
from collections import Counter

import dkim
from aiosmtpd.controller import Controller

WORK, CORPUS, MAILS = map(pathlib.Path, sys.argv[1:4])
BASE = rb"https://track\.relay\.example"
ADDED = {
    "links": BASE + rb"/c/[\w-]{60,}",
    "pixels": rb"<img src=\"" + BASE + rb"/o/[\w-]+\.gif\"[^>]*>",
    "footers": rb"<p style=\"font-size:12px;text-align:center\"><a href=\"" + BASE + rb"/u/|Unsubscribe: " + BASE + rb"/u/",
}
copies = {}


class Receiver:
    async def handle_DATA(self, server, session, envelope):
        copies[email.message_from_bytes(envelope.content)["Subject"]] = envelope.content
        return "250 2.0.0 taken"


def submit(messages):
    with smtplib.SMTP("127.0.0.1", 2587, timeout=30) as client:
        for message in messages:
            client.sendmail("app@shop.example", ["ann@rcpt.example"], message, mail_options=["BODY=8BITMIME"])


def until_arrived(names):
    end = time.monotonic() + 60
    while set(names) - set(copies):
        if time.monotonic() > end:
            sys.exit(f"did not arrive: {sorted(set(names) - set(copies))}")
        time.sleep(0.2)


def shape(message):
    """Every part with its fields; the octets of those that must not change."""
    lines = []
    for part in email.message_from_bytes(message).walk():
        text = part.get_content_type() in ("text/html", "text/plain") and not part.get_filename()
        octets = "" if text or part.is_multipart() else hashlib.sha256(repr(part.get_payload()).encode()).hexdigest()
        fields = [part.get_all(name) for name in ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID")]
        lines.append((fields, part.get_filename(), octets, [type(defect).__name__ for defect in part.defects],
                      part.preamble, part.epilogue))
    return lines


def texts(message):
    for part in email.message_from_bytes(message).walk():
        if not part.is_multipart() and part.get_content_maintype() == "text":
            yield part.get_payload(decode=True)


def counted(message):
    text = b"\n".join(texts(message))
    found = {name: len(re.findall(pattern, text)) for name, pattern in ADDED.items()}
    found["placeholders"] = len(re.findall(BASE + rb"/u/", text)) - found["footers"]
    return found


def delivered_untracked():
    found, after = Counter(), ""
    while True:
        request = urllib.request.Request(
            f"{os.environ['WAYBILL_URL']}/events?limit=100&type=email.delivered{after}",
            headers={"Authorization": f"Bearer {os.environ['WAYBILL_API_KEY']}"})
        page = json.load(urllib.request.urlopen(request, timeout=20))
        for event in page["data"]:
            found[re.search(r'"untracked": "([^"]*)"|$', json.dumps(event)).group(1) or ""] += 1
        if not page["has_more"]:
            return found
        after = f"&after={page['data'][-1]['id']}"


controller = Controller(Receiver(), hostname="127.0.0.5", port=25)
controller.start()
request = urllib.request.Request(
    f"{os.environ['WAYBILL_URL']}/domains/shop.example", method="PATCH",
    data=b'{"open_tracking":true,"click_tracking":true}',
    headers={"Authorization": f"Bearer {os.environ['WAYBILL_API_KEY']}", "Content-Type": "application/json"})
urllib.request.urlopen(request, timeout=20).close()

expected = {row["message"]: row for row in csv.DictReader(open(CORPUS / "expected.csv", encoding="ascii"))}
submitted = {name: (CORPUS / f"{name}.eml").read_bytes() for name in expected}
submit(submitted.values())
until_arrived(submitted)
wrong = []
for name, message in submitted.items():
    copy = copies[name]
    if shape(copy) != shape(message):
        wrong.append(f"{name}: {shape(message)} became {shape(copy)}")
    verifier = dkim.DKIM(copy)
    if not verifier.verify() or verifier.domain != b"shop.example":
        wrong.append(f"{name}: dkimpy refuses the signature")
    for what, number in counted(copy).items():
        if number != int(expected[name][what]):
            wrong.append(f"{name}: {number} {what} (expected: {expected[name][what]})")
end, told, wanted = time.monotonic() + 20, None, Counter(row["untracked"] for row in expected.values())
while told != wanted and time.monotonic() < end:
    time.sleep(0.5)
    told = delivered_untracked()
if told != wanted:
    wrong.append(f"the events say {told} (expected: {wanted})")
print(f"{len(submitted)} messages, {len(wrong)} wrong")

# what the browser looks at
IMAGE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==")
pages = WORK / "pages"
pages.mkdir()
mails = {}
for number, file in enumerate(sorted(MAILS.glob("*.html"))):
    octets = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    charset = re.search(rb"charset=\"?([\w-]+)", octets).group(1).decode()
    encoding = ("quoted-printable", "base64", "8bit")[number % 3]
    body = {"8bit": lambda: octets, "base64": lambda: base64.encodebytes(octets).replace(b"\n", b"\r\n"),
            "quoted-printable": lambda: quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")}[encoding]()
    mails[file.stem] = (charset, octets, (
        f"From: Shop <shop@shop.example>\r\nTo: ann@rcpt.example\r\nSubject: {file.stem}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/related; boundary=\"=_related\"\r\n\r\n--=_related\r\n"
        f"Content-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n").encode()
        + body + b"\r\n--=_related\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(IMAGE).replace(b"\n", b"\r\n") + b"--=_related--\r\n")
submit(message for _, _, message in mails.values())
until_arrived(mails)
for name, (charset, octets, _) in mails.items():
    shown = b"data:image/png;base64," + base64.b64encode(IMAGE)
    copy = next(texts(copies[name]))
    (pages / f"{name}.before").write_bytes(octets.replace(b"cid:logo", shown))
    (pages / f"{name}.after").write_bytes(copy.replace(b"cid:logo", shown))
    (pages / f"{name}.charset").write_text(charset, encoding="ascii")
controller.stop()
for line in wrong[:20]:
    print("   ", line[:600])
sys.exit(1 if wrong else 0)
