"""Submits with Python's smtplib while the relay is killed and restarted, and notes what got a 250.

Usage: load.py HOST PORT ACCEPTED_FILE SESSIONS SECONDS

At most 60,000 messages, however fast the relay is.
"""

import smtplib
import sys
import threading
import time
import uuid

HOST, PORT, ACCEPTED, SESSIONS, SECONDS = (
    sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
END = time.monotonic() + SECONDS
MOST = 60_000 // SESSIONS
LOCK = threading.Lock()


def session(out):
    sent = 0
    while time.monotonic() < END and sent < MOST:
        try:
            with smtplib.SMTP(HOST, PORT, timeout=20) as client:
                while time.monotonic() < END and sent < MOST:
                    sent += 1
                    identifier = f"<k{uuid.uuid4()}@load>"
                    client.sendmail(
                        "app@app.example", ["load@rcpt.example"],
                        f"From: app@app.example\r\nTo: load@rcpt.example\r\nSubject: load\r\n"
                        f"Message-ID: {identifier}\r\n\r\n" + "x" * 1000 + "\r\n")
                    with LOCK:
                        out.write(identifier + "\n")
                        out.flush()
        except (OSError, smtplib.SMTPException):
            time.sleep(0.1)


with open(ACCEPTED, "a", encoding="ascii") as accepted:
    threads = [threading.Thread(target=session, args=(accepted,)) for _ in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
