#!/usr/bin/python3
"""sevenbit.py CORPUS: submits every message of CORPUS that has 8-bit parts, without its instructions, and mail with UTF-8
in its header, to a recipients' host on 127.0.0.5:25 that offers neither 8BITMIME nor SMTPUTF8. What arrives must be ASCII,
Python's email must read the same parts, octets and header texts from it, dkimpy must accept its signature, and the events
must say what was converted."""
import email
import email.policy
import json
import os
import pathlib
import re
import smtplib
import sys
import time
import urllib.request

import dkim
from aiosmtpd.controller import Controller

CORPUS = pathlib.Path(sys.argv[1])
UTF8 = {
    "Subject": "Grüße aus Köln – 日本語の件名はとても長いので、いくつもの符号化された単語に分けられなければならない。",
    "From": "Müller & Söhne <shop@shop.example>",
    "To": "Ann <ann@rcpt.example>, \"Jürgen, Chef\" <chef@bücher.example>",
}
copies, parameters = {}, {}


class SevenBit:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [line for line in responses if "8BITMIME" not in line and "SMTPUTF8" not in line]

    async def handle_DATA(self, server, session, envelope):
        subject = str(email.message_from_bytes(envelope.content, policy=email.policy.default)["Subject"])
        copies[subject], parameters[subject] = envelope.content, envelope.mail_options
        return "250 2.0.0 taken"


def parts(message):
    """Each part's fields but for the transfer encoding, and its octets."""
    for part in email.message_from_bytes(message).walk():
        fields = [(name, str(value)) for name, value in part.items()
                  if name.lower() not in ("content-transfer-encoding", "dkim-signature", "received", "feedback-id",
                                          "message-id", "date", "list-unsubscribe", "list-unsubscribe-post")]
        yield fields, None if part.is_multipart() else part.get_payload(decode=True)


def api(method, path, body=None):
    request = urllib.request.Request(
        os.environ["WAYBILL_URL"] + path, method=method, data=body,
        headers={"Authorization": f"Bearer {os.environ['WAYBILL_API_KEY']}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def converted():
    events = api("GET", "/events?limit=100&order=desc&type=email.delivered")["data"]
    return [event["data"].get("converted") for event in events if "seven@rcpt.example" in json.dumps(event)]


submitted = {}
for path in sorted(CORPUS.glob("*.eml")):
    message = re.sub(rb"(?im)^X-Waybill-[^\r]*\r\n(?:[ \t][^\r]*\r\n)*", b"", path.read_bytes())
    if any(octet > 127 for octet in message.partition(b"\r\n\r\n")[2]) and b"unsubscribe_url" not in message.lower():
        submitted[str(email.message_from_bytes(message, policy=email.policy.default)["Subject"])] = message
international = "".join(f"{name}: {value}\r\n" for name, value in UTF8.items()).encode() + (
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n".encode())
api("PATCH", "/domains/shop.example", b'{"open_tracking":false,"click_tracking":false}')
controller = Controller(SevenBit(), hostname="127.0.0.5", port=25)
controller.start()
with smtplib.SMTP("127.0.0.1", 2587, timeout=30) as client:
    for message in submitted.values():
        client.sendmail("app@shop.example", ["seven@rcpt.example"], message, mail_options=["BODY=8BITMIME"])
    client.sendmail("app@shop.example", ["seven@rcpt.example"], international, mail_options=["BODY=8BITMIME", "SMTPUTF8"])
end = time.monotonic() + 60
while set(copies) != {*submitted, UTF8["Subject"]}:
    if time.monotonic() > end:
        sys.exit(f"did not arrive: {({*submitted, UTF8['Subject']}) - set(copies)}")
    time.sleep(0.2)
wrong = []
for subject, copy in copies.items():
    if not copy.isascii() or parameters[subject] and any("8BIT" in word or "UTF8" in word for word in parameters[subject]):
        wrong.append(f"{subject}: not ASCII, or {parameters[subject]}")
    if not dkim.DKIM(copy).verify():
        wrong.append(f"{subject}: dkimpy refuses the signature")
for subject, message in submitted.items():
    if list(parts(copies[subject])) != list(parts(message)):
        wrong.append(f"{subject}: {list(parts(message))} became {list(parts(copies[subject]))}")
read = email.message_from_bytes(copies[UTF8["Subject"]], policy=email.policy.default)
for name, value in UTF8.items():
    expected = value.replace("bücher", "xn--bcher-kva").replace("Müller & Söhne", "\"Müller & Söhne\"")
    if str(read[name]).replace('"', "") != expected.replace('"', ""):
        wrong.append(f"{name}: {read[name]!r} (expected: {expected!r})")
if read.get_content() != "Grüße\r\n":
    wrong.append(f"the body is {read.get_content()!r}")
end = time.monotonic() + 20
while len(told := converted()) < len(copies) and time.monotonic() < end:
    time.sleep(0.5)
if sorted(told, key=str) != sorted(["8bitmime"] * len(submitted) + ["8bitmime smtputf8"]):
    wrong.append(f"the events say {told}")
controller.stop()
print(f"{len(copies)} messages, {len(wrong)} wrong")
for line in wrong[:20]:
    print("   ", line[:800])
sys.exit(1 if wrong or len(copies) < 30 else 0)
