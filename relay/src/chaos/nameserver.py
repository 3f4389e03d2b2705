"""A DNS server that tells the truth of a zone, or lies, or keeps silent, as it is told."""
import random
import socket
import struct
import threading

TYPES = {"A": 1, "CNAME": 5, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28}
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
FORBIDDEN = ["0.0.0.0", "10.1.2.3", "169.254.1.1", "192.168.7.7", "224.0.0.1", "255.255.255.255"]


class NameServer:
    """On 127.0.0.1:53, UDP and TCP.

    lie    a function from (name, type) to one of truth, nxdomain, nullmx, servfail, silent, garbage,
           wrong_id, wrong_question, truncated, loop, forbidden; truth when there is none
    asked  how many questions came while lying
    """

    def __init__(self, zone):
        self.lie, self.asked = None, 0
        self.records, self.names = {}, set()
        for record in zone:
            self.add(record)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 53))
        self.tcp = socket.create_server(("127.0.0.1", 53), backlog=100)
        threading.Thread(target=self._serve_udp, daemon=True).start()
        threading.Thread(target=self._serve_tcp, daemon=True).start()

    def add(self, record):
        name = record["name"].rstrip(".").lower()
        self.records.setdefault((name, TYPES[record["type"]]), []).append(_data(record))
        parts = name.split(".")
        self.names |= {".".join(parts[i:]) for i in range(len(parts))}

    def _serve_udp(self):
        while True:
            query, peer = self.udp.recvfrom(4096)
            answer = self._answer(query, True)
            if answer:
                self.udp.sendto(answer, peer)

    def _serve_tcp(self):
        while True:
            connection, _ = self.tcp.accept()
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection):
        with connection:
            connection.settimeout(10)
            try:
                while True:
                    head = connection.recv(2, socket.MSG_WAITALL)
                    if len(head) < 2:
                        return
                    query = connection.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
                    answer = self._answer(query, False)
                    if answer:
                        connection.sendall(struct.pack("!H", len(answer)) + answer)
            except OSError:
                pass

    def _answer(self, query, over_udp):
        name, end = _read_name(query, 12)
        kind = struct.unpack("!H", query[end:end + 2])[0]
        question = query[12:end + 4]
        lie = self.lie(name, kind) if self.lie else "truth"
        if lie != "truth":
            self.asked += 1
        number = struct.unpack("!H", query[:2])[0]
        if lie == "silent":
            return None
        if lie == "garbage":
            return query[:2] + random.randbytes(random.randrange(60))
        if lie == "servfail":
            return _message(number, SERVFAIL, question)
        if lie in ("nxdomain", "wrong_id", "wrong_question"):
            if lie == "wrong_question":
                question = _name("other.example") + struct.pack("!HH", kind, 1)
            return _message(number ^ 0x5555 if lie == "wrong_id" else number, NXDOMAIN, question)
        if lie == "truncated" and over_udp:
            return _message(number, NOERROR, question, truncated=True)
        if lie == "loop":
            there = name[5:] if name.startswith("loop.") else "loop." + name
            return _message(number, NOERROR, question, [
                (_name(name), TYPES["CNAME"], _name(there)), (_name(there), TYPES["CNAME"], _name(name))])
        if lie == "nullmx" and kind == TYPES["MX"]:
            return _message(number, NOERROR, question, [(_name(name), kind, struct.pack("!H", 0) + b"\0")])
        if lie == "forbidden" and kind == TYPES["A"]:
            return _message(number, NOERROR, question, [
                (_name(name), kind, socket.inet_aton(address)) for address in FORBIDDEN])
        found = self.records.get((name, kind), []) or self.records.get((name, TYPES["CNAME"]), [])
        actual = kind if self.records.get((name, kind)) else TYPES["CNAME"]
        return _message(number, NOERROR if name in self.names else NXDOMAIN, question,
                        [(_name(name), actual, data) for data in found])


def _message(number, code, question, answers=(), truncated=False):
    flags = 0x8580 | code | (0x0200 if truncated else 0)
    text = struct.pack("!6H", number, flags, 1, len(answers), 0, 0) + question
    for name, kind, data in answers:
        text += name + struct.pack("!HHIH", kind, 1, 1, len(data)) + data
    return text


def _name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def _read_name(message, at):
    labels = []
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    return ".".join(labels).lower(), at + 1


def _data(record):
    kind, value = record["type"], record["value"]
    if kind == "A":
        return socket.inet_aton(value)
    if kind == "MX":
        return struct.pack("!H", int(record["priority"])) + _name(value.rstrip("."))
    if kind == "CNAME":
        return _name(value.rstrip("."))
    text = value.encode()
    return b"".join(bytes([len(text[i:i + 255])]) + text[i:i + 255] for i in range(0, len(text), 255))
