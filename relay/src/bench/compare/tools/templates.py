#!/usr/bin/env python3
"""Writes the workload messages w1.eml (2 KB text), w2.eml (10 KB multipart/alternative)
w2t.eml (as w2, with links to track) and w3.eml (100 KB with an attachment), and texts of s1 to s1024 KB into the
directory given. Deterministic."""
import base64, os, random, sys

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
rnd = random.Random(20240607)
WORDS = ("order invoice parcel account update release service window payment receipt thank you "
         "please reply team weekly summary change member offer support detail number today").split()

def words(n):
    s = ""
    while len(s) < n:
        s += rnd.choice(WORDS) + " "
    return s[:n].rstrip()

def para(width, size):
    lines, total = [], 0
    while total < size:
        l = words(min(width, max(8, size - total)))
        lines.append(l)
        total += len(l) + 2
    return "\n".join(lines)

def head(ctype, extra=""):
    return ("From: Example News <@FROM@>\nTo: <@RCPT@>\nSubject: Your weekly summary is here\n"
            "Date: Fri, 07 Jun 2024 10:00:00 +0000\nMessage-ID: <@ID@@sender.example>\nX-Bench-Id: @ID@\n"
            "List-Unsubscribe: <https://sender.example/u/@ID@>\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\nMIME-Version: 1.0\n"
            "Content-Type: " + ctype + "\n" + extra + "\n")

def size(s):                       # on the wire
    return len(s.replace("\n", "\r\n"))

def fill(build, target):
    lo, hi = 10, target
    while lo < hi:
        mid = (lo + hi) // 2
        rnd.seed(1)
        if size(build(mid)) < target: lo = mid + 1
        else: hi = mid
    rnd.seed(1)
    return build(lo)

def w1(n):
    return head("text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit\n") + para(72, n) + "\n"

def alt(b, n):
    text = para(72, n // 4)
    html = "<!DOCTYPE html>\n<html><body>\n" + "\n".join(
        '<p style="margin:0 0 12px;color:#333">' + para(90, 240) + '</p>' for _ in range(max(1, (n - n // 4) // 290))) + "\n</body></html>"
    return ("--%s\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n%s\n"
            "--%s\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n%s\n--%s--\n" % (b, text, b, html, b))

def w2(n):
    return head('multipart/alternative; boundary="=_alt_1"') + alt("=_alt_1", n)

def w3(n):
    raw = bytes(rnd.getrandbits(8) for _ in range(n * 3 // 4))
    b64 = base64.encodebytes(raw).decode()
    return (head('multipart/mixed; boundary="=_mix_1"') + '--=_mix_1\nContent-Type: multipart/alternative; boundary="=_alt_1"\n\n'
            + alt("=_alt_1", 6000) + '--=_mix_1\nContent-Type: application/pdf; name="invoice.pdf"\n'
            'Content-Disposition: attachment; filename="invoice.pdf"\nContent-Transfer-Encoding: base64\n\n' + b64 + "--=_mix_1--\n")

def w2t(n):
    """As w2, but the HTML part has a link in every paragraph and the List-Unsubscribe fields are left to the relay."""
    b, text = "=_alt_1", para(72, n // 4)
    html = "<!DOCTYPE html>\n<html><body>\n" + "\n".join(
        '<p style="margin:0 0 12px;color:#333">%s <a href="https://shop.sender.example/offer/%d?ref=weekly">%s</a></p>' % (para(90, 240), i, words(12))
        for i in range(max(1, (n - n // 4) // 370))) + "\n</body></html>"
    h = "".join(l + "\n" for l in head('multipart/alternative; boundary="%s"' % b, "X-Waybill-Stream: marketing\n").split("\n")[:-1] if not l.startswith("List-"))
    return h + ("--%s\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n%s\n"
                "--%s\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n%s\n--%s--\n" % (b, text, b, html, b))

SIZES = [("w1", w1, 2048), ("w2", w2, 10240), ("w2t", w2t, 10240), ("w3", w3, 102400)]
SIZES += [("s%d" % kb, w1, kb * 1024) for kb in (1, 4, 16, 64, 256, 1024)]     # throughput over size
for name, build, target in SIZES:
    s = fill(build, target)
    with open(os.path.join(out, name + ".eml"), "w") as f:
        f.write(s)
    print(name, size(s), "bytes on the wire before id/recipient replacement")
