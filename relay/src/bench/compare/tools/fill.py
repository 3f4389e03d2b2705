#!/usr/bin/env python3
"""fill.py PORT RECIPIENTS TEMPLATE TAG FROM DOMAIN [SEND_AT]: fills a relay's queue through its own door.
Submits RECIPIENTS recipients at DOMAIN, 100 to a message, over 8 sessions with pipelining; with SEND_AT
(RFC 3339) each message is scheduled for that time. Prints a JSON line."""
import json, socket, sys, threading, time

port, total, template, tag, sender, domain = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:7]
send_at = sys.argv[7] if len(sys.argv) > 7 else None
text = open(template, newline="").read().replace("\r\n", "\n")
PER, SESSIONS = 100, 8
lock, state = threading.Lock(), dict(next=0, accepted=0, refused=0)


class Session:
    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")
        self.reply()
        self.say(b"EHLO fill.example\r\n")
        self.reply()

    def say(self, data):
        self.socket.sendall(data)

    def reply(self):
        while True:
            line = self.reader.readline()
            if not line:
                raise OSError("the relay hung up")
            if line[3:4] != b"-":
                return int(line[:3])

    def message(self, first, count):
        name = "%s-%d" % (tag, first)
        body = text.replace("@ID@", name).replace("@RCPT@", "list@" + domain).replace("@FROM@", sender)
        if send_at:
            body = "X-Waybill-Send-At: %s\n%s" % (send_at, body)
        lines = ["MAIL FROM:<%s>" % sender] + ["RCPT TO:<u%d@%s>" % (first + i, domain) for i in range(count)] + ["DATA"]
        self.say(("\r\n".join(lines) + "\r\n").encode())
        codes = [self.reply() for _ in lines]
        if codes[-1] != 354:
            raise OSError("DATA: %s" % codes[-1])
        data = "\r\n".join("." + l if l.startswith(".") else l for l in body.rstrip("\n").split("\n"))
        self.say((data + "\r\n.\r\n").encode())
        return self.reply()


def work():
    session = None
    while True:
        with lock:
            first = state["next"]
            count = min(PER, total - first)
            if count <= 0:
                return
            state["next"] += count
        while True:
            try:
                session = session or Session()
                code = session.message(first, count)
                if code == 250:
                    break
                with lock:
                    state["refused"] += 1
                time.sleep(0.2)
            except OSError:
                session = None
                time.sleep(0.2)
        with lock:
            state["accepted"] += count


began = time.time()
threads = [threading.Thread(target=work) for _ in range(SESSIONS)]
[t.start() for t in threads]
[t.join() for t in threads]
took = time.time() - began
print(json.dumps(dict(recipients=state["accepted"], secs=round(took, 1), per_s=round(state["accepted"] / took, 1) if took else 0, refused=state["refused"])))
