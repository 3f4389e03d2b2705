"""Reads messages, one a line in base64, and prints whom Python's two readers take for their authors.

Where the readers of the `email` package (the one of today and the one of old) do not agree on one address, the line
says what each of them saw. Usage: from_addresses.py FILE
"""

import base64
import email
import email.policy
import email.utils
import re
import sys


def today(octets):
    message = email.message_from_bytes(octets, policy=email.policy.default)
    return [utf8(address.addr_spec) for field in message.get_all("From", []) for address in field.addresses]


def of_old(octets):
    message = email.message_from_bytes(octets)
    fields = [value for name, value in message.raw_items() if name.lower() == "from"]
    return [utf8(address) for _, address in email.utils.getaddresses(fields)]


def utf8(address):
    """Octets beyond ASCII are carried through as surrogates; the same address without quotes that say nothing."""
    text = address.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return re.sub(r'^"([A-Za-z0-9]+)"@', r"\1@", text)


for line in open(sys.argv[1]):
    raw = base64.b64decode(line)
    new, old = today(raw), of_old(raw)
    agreed = new[0] if len(new) == 1 and new == old else "%r or %r" % (new, old)
    sys.stdout.buffer.write(agreed.encode("utf-8").replace(b"\n", b"\\n") + b"\n")
