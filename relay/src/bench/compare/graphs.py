#!/usr/bin/env python3
"""graphs.py RAW DOCS: from the raw lines of every part (RAW/PART.jsonl) to what the documentation
shows: DOCS/performance/results.jsonl (one aggregated line for each figure; a part without raw lines
keeps those it had), DOCS/performance/*.svg, and the tables between the markers of
DOCS/performance.md. Standard library only."""
import html, json, math, os, re, sys
from statistics import median

raw, docs = sys.argv[1], sys.argv[2]
store = os.path.join(docs, "performance", "results.jsonl")
os.makedirs(os.path.dirname(store), exist_ok=True)
PARTS = ("compare", "latency", "burst", "overload", "idle", "links", "size", "sessions", "depth", "jmh", "steps", "memory")
SHOWN = ("delivered_per_s", "accept_per_s", "cpu_s_per_1000", "peak_rss_mb", "e2e_ms_p50", "e2e_ms_p99",
         "ack_ms_p50", "ack_ms_p99", "disk_kb_per_msg", "disk_writes_per_msg")


def lines(path):
    try:
        with open(path) as f:
            return [json.loads(l) for l in f if l.strip()]
    except FileNotFoundError:
        return []


# --- aggregation -------------------------------------------------------------------------------
def spread(rows, key):
    v = [r[key] for r in rows if r.get(key) is not None]
    return [round(x, 3) for x in (median(v), min(v), max(v))] if v else None


def groups(rows, *keys):
    out = {}
    for r in rows:
        out.setdefault(tuple(r.get(k) for k in keys), []).append(r)
    return out


def runs(part, rows, *keys):
    result = []
    for values, g in groups(rows, *keys).items():
        line = dict(part=part, **dict(zip(keys, values)), runs=len(g), accepted=sum(r["accepted"] for r in g),
                    lost=sum(r["lost"] for r in g), dups=sum(r["dups"] for r in g),
                    unsigned=sum(r.get("unsigned") or 0 for r in g), version=g[-1].get("version"), time=g[-1].get("time"))
        line.update({k: spread(g, k) for k in SHOWN})
        result.append(line)
    return result


def aggregate(part, rows):
    if part in ("compare", "latency"):
        return runs(part, rows, "peer", "workload")
    if part == "size":
        return runs(part, rows, "peer", "workload")
    if part == "sessions":
        return runs(part, rows, "peer", "sessions")
    if part == "links":
        return [dict(part=part, name=name, server=server, runs=len(g), per_s=spread(g, "per_s"), cpu_us=spread(g, "cpu_us"),
                     recorded=sum(r.get("recorded", 0) for r in g), dropped=sum(r.get("dropped", 0) for r in g))
                for (name, server), g in groups(rows, "kind", "server").items()]
    return [dict(r, part=part) for r in rows]


kept = lines(store)
results = []
for part in PARTS:
    rows = lines(os.path.join(raw, part + ".jsonl"))
    results += aggregate(part, rows) if rows else [r for r in kept if r["part"] == part]
with open(store, "w") as f:
    for r in results:
        f.write(json.dumps(r, ensure_ascii=False) + "\n")


def part(name):
    return [r for r in results if r["part"] == name]


# --- SVG ---------------------------------------------------------------------------------------
W, H, L, R, T, B = 720, 400, 76, 150, 58, 60
COLOURS = ("#0b63ce", "#c2410c", "#15803d", "#7e22ce", "#475569")
STYLE = ("text{font-family:system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif;font-size:13px;fill:#1f2937}"
         ".t{font-size:16px;font-weight:600}.s{font-size:12px;fill:#6b7280}.g{stroke:#e5e7eb}.a{stroke:#9ca3af}")


def esc(text):
    return html.escape(str(text))


def number(v):
    if v >= 1e6:
        return "%g M" % (v / 1e6)
    if v >= 10000:
        return "%g k" % (round(v / 100) / 10)
    return "%g" % round(v, 0 if v >= 100 else 1 if v >= 10 else 3)


def ticks(top):
    step = 10 ** math.floor(math.log10(top)) if top > 0 else 1
    for m in (0.2, 0.25, 0.5, 1, 2):
        if top / (step * m) <= 6:
            step *= m
            break
    return [i * step for i in range(int(math.ceil(top / step - 1e-9)) + 1)]


def save(name, body, height=H):
    with open(os.path.join(docs, "performance", name + ".svg"), "w") as f:
        f.write('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">'
                "<style>%s</style><rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%s</svg>\n" % (W, height, W, height, STYLE, "".join(body)))


def text(x, y, t, anchor="start", cls="", colour=""):
    return '<text x="%.1f" y="%.1f" text-anchor="%s"%s%s>%s</text>' % (
        x, y, anchor, ' class="%s"' % cls if cls else "", ' style="fill:%s"' % colour if colour else "", esc(t))


def line_chart(name, title, subtitle, xlabel, ylabel, series, names=None, log=True):
    """series: [(label, [(x, y)])]; names: tick text of an x."""
    series = [(l, sorted(p)) for l, p in series if p]
    if not series:
        return
    xs = sorted({x for _, p in series for x, _ in p})
    top = max(y for _, p in series for _, y in p)
    yt = ticks(top)
    top = yt[-1]
    place = (lambda x: math.log(x)) if log else (lambda x: x)
    lo, hi = place(xs[0]), place(xs[-1])
    px = lambda x: L + (W - L - R) * ((place(x) - lo) / (hi - lo) if hi > lo else 0.5)
    py = lambda y: H - B - (H - B - T) * y / top
    b = [text(L, 24, title, cls="t"), text(L, 42, subtitle, cls="s")]
    for y in yt:
        b += ['<line class="g" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>' % (L, W - R, py(y), py(y)), text(L - 8, py(y) + 4, number(y), "end")]
    marks = xs if log else ticks(xs[-1])
    for x in marks:
        if x <= xs[-1]:
            b += ['<line class="a" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>' % (px(x), px(x), H - B, H - B + 5),
                  text(px(x), H - B + 20, (names or {}).get(x, number(x)), "middle")]
    b += ['<line class="a" x1="%d" x2="%d" y1="%d" y2="%d"/>' % (L, W - R, H - B, H - B), text((L + W - R) / 2, H - 14, xlabel, "middle"),
          '<text transform="translate(18 %d) rotate(-90)" text-anchor="middle">%s</text>' % ((T + H - B) / 2, esc(ylabel))]
    ends = []
    for i, (label, p) in enumerate(series):
        c = COLOURS[i % len(COLOURS)]
        b.append('<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>' % (c, " ".join("%.1f,%.1f" % (px(x), py(y)) for x, y in p)))
        if len(p) <= 20:
            for x, y in p:
                b.append('<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>' % (px(x), py(y), c))
                if len(series) == 1:
                    b.append(text(px(x), py(y) - 9, number(y), "middle", "s"))
        ends.append([py(p[-1][1]), label, c])
    ends.sort()
    for i in range(1, len(ends)):
        ends[i][0] = max(ends[i][0], ends[i - 1][0] + 16)
    for y, label, c in ends:
        b.append(text(W - R + 10, y + 4, label, colour=c))
    save(name, b)


def bar_chart(name, title, subtitle, xlabel, bars):
    """bars: [(label, value)], drawn from the top."""
    if not bars:
        return
    left, step = 250, 30
    height = T + step * len(bars) + 40
    top = max(v for _, v in bars) or 1
    px = lambda v: (W - left - 70) * v / top
    b = [text(24, 24, title, cls="t"), text(24, 42, subtitle, cls="s")]
    for i, (label, v) in enumerate(bars):
        y = T + step * i
        b += [text(left - 10, y + 17, label, "end"), '<rect x="%d" y="%d" width="%.1f" height="20" rx="2" fill="%s"/>' % (left, y + 2, px(v), COLOURS[0]),
              text(left + px(v) + 8, y + 17, number(v))]
    b.append(text(left, height - 14, xlabel, cls="s"))
    save(name, b, height)


first = lambda v: v[0] if isinstance(v, list) else v
kilobytes = lambda r: int(r["workload"][1:])


def by_peer(rows, x, y):
    return [(peer, [(x(r), y(r)) for r in g if y(r) is not None]) for (peer,), g in groups(rows, "peer").items()]


size = part("size")
names = {1024: "1 MB", **{k: "%d KB" % k for k in (1, 4, 16, 64, 256)}}
line_chart("size-messages", "Messages a second over message size", "50 sessions, durable before the 250, RSA-2048 signature; logarithmic size",
           "size of a message", "delivered messages/s", by_peer(size, kilobytes, lambda r: first(r["delivered_per_s"])), names)
line_chart("size-bytes", "Megabytes a second over message size", "the same runs; every octet is read, hashed, stored and sent",
           "size of a message", "delivered MB/s", by_peer(size, kilobytes, lambda r: first(r["delivered_per_s"]) * kilobytes(r) / 1024), names)
sessions = part("sessions")
line_chart("sessions-rate", "Messages a second over concurrent sessions", "2 KB messages; one message after the other in each session",
           "concurrent sessions", "delivered messages/s", by_peer(sessions, lambda r: r["sessions"], lambda r: first(r["delivered_per_s"])))
line_chart("sessions-latency", "Time from DATA's end to 250 over concurrent sessions", "2 KB messages; the 250 waits for the disk",
           "concurrent sessions", "milliseconds",
           [(label, [(r["sessions"], first(r[key])) for r in sessions if r.get(key)]) for label, key in (("median", "ack_ms_p50"), ("99th percentile", "ack_ms_p99"))])
depth = part("depth")
shown = lambda kind: [r for r in depth if r.get("fill") in (kind, None)]
dx = lambda r: max(1000, r["depth"])
fills = sorted({r.get("fill") for r in depth}, key=str)
few = {1000: "none"}
line_chart("depth-rate", "Messages a second over queue depth", "fresh 2 KB messages while so many others wait", "waiting deliveries", "delivered messages/s",
           [("%s waiting" % (f or ""), [(dx(r), r["delivered_per_s"]) for r in depth if r.get("fill") == f]) for f in fills], few)
line_chart("depth-latency", "End-to-end time over queue depth", "200 messages/s, 2 KB, while so many others wait", "waiting deliveries", "milliseconds",
           [("%s %s" % (f or "", label), [(dx(r), r[key]) for r in depth if r.get("fill") == f and key in r])
            for f in fills for label, key in (("median", "latency_ms_p50"), ("99th", "latency_ms_p99"))], few)
steps = part("steps")
bar_chart("steps", "Processor time of a message by step", "2 KB, RSA-2048; sampled while 50 sessions submit as fast as they can", "milliseconds of one core for a message",
          [(r["step"], r["ms_per_message"]) for r in sorted(steps, key=lambda r: -r["ms_per_message"])])
memory = part("memory")
line_chart("memory", "Memory over time", "resident set while messages of 2 KB pass in 50 sessions, from a fresh start", "seconds", "MB",
           [(r.get("label", "RSS"), r["points"]) for r in memory], log=False)


# --- tables ------------------------------------------------------------------------------------
def cell(v, digits=0):
    if v is None:
        return "–"
    if isinstance(v, list):
        m, lo, hi = v
        same = round(lo, digits) == round(hi, digits)
        return "%.*f" % (digits, m) + ("" if same else " (%.*f–%.*f)" % (digits, lo, digits, hi))
    return "%.*f" % (digits, v) if isinstance(v, float) else str(v)


def table(head, rows):
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(r) + " |" for r in [head, rule] + rows)


LOAD = ["messages/s", "CPU s/1,000", "peak RSS MB", "end-to-end ms p50", "p99", "250 ms p50", "p99", "lost", "twice"]


def load(r):
    return [cell(r["delivered_per_s"]), cell(r["cpu_s_per_1000"], 2), cell(r["peak_rss_mb"]), cell(r["e2e_ms_p50"], 1), cell(r["e2e_ms_p99"], 1),
            cell(r["ack_ms_p50"], 1), cell(r["ack_ms_p99"], 1), str(r["lost"]), str(r["dups"])]


tables = {
    "compare": lambda: table(["workload", "relay", "runs"] + LOAD, [[r["workload"], r["peer"], str(r["runs"])] + load(r) for r in sorted(part("compare"), key=lambda r: (r["workload"], r["peer"]))]),
    "latency": lambda: table(["relay", "runs"] + LOAD, [[r["peer"], str(r["runs"])] + load(r) for r in part("latency")]),
    "burst": lambda: table(["relay", "accepted", "accepted/s", "CPU s/1,000", "drained/s", "drain s", "peak RSS MB", "spool MB", "lost", "twice"],
                           [[r["peer"], str(r["accepted"]), cell(r["accept_per_s"], 0), cell(r["accept_cpu_per_1000"], 2), cell(r["drain_per_s"], 0), cell(r["drain_secs"], 0),
                             cell(max(r["accept_rss_mb"], r["drain_rss_mb"]), 0), cell(r["spool_mb"], 0), str(r["lost"]), str(r["dups"])] for r in part("burst")]),
    "overload": lambda: table(["what", "value"], [row for r in part("overload") for row in (
        ["carried before, messages/s", cell(r["sustained_per_s"], 0)], ["offered, messages/s", str(r["offered_per_s"])], ["for, seconds", str(r["seconds"])],
        ["over, sessions", str(r["sessions"])], ["taken", str(r["accepted"])], ["taken, messages/s", cell(r["accepted_per_s"], 0)],
        ["delivered meanwhile, messages/s", cell(r["delivered_meanwhile_per_s"], 0)], ["turned away for now (4xx)", str(r["tempfail"])],
        ["refused for good (5xx)", str(r["permfail"])], ["250 ms p50", cell(r["ack_ms_p50"], 1)], ["250 ms p99", cell(r["ack_ms_p99"], 1)],
        ["peak RSS MB", cell(r["peak_rss_mb"], 0)], ["at once afterwards: 250 ms p50, p99", cell(r["first_ack_ms_p50"], 1) + ", " + cell(r["first_ack_ms_p99"], 1)],
        ["five seconds later: 250 ms p50, p99", cell(r["later_ack_ms_p50"], 1) + ", " + cell(r["later_ack_ms_p99"], 1)],
        ["all delivered after, seconds", str(r["drained_after_s"])], ["lost", str(r["lost"])], ["twice", str(r["dups"])])]),
    "idle": lambda: table(["first start ms", "later starts ms", "CPU s of a start", "idle RSS MB"],
                          [[str(r["first_ms"]), cell(spread([dict(v=v) for v in r["again_ms_all"]], "v")), cell(r["cpu_s"], 2), cell(r["idle_rss_mb"], 0)] for r in part("idle")]),
    "links": lambda: table(["what", "server", "rounds", "a second", "CPU µs", "recorded", "dropped"],
                           [[r["name"], r["server"], str(r["runs"]), cell(r["per_s"], 0)]
                            + ([cell(r["cpu_us"], 1), "{:,}".format(r["recorded"]), str(r["dropped"])] if r["server"] == "waybill" else ["–", "–", "–"])
                            for r in sorted(part("links"), key=lambda r: (r["name"], r["server"]))]),
    "size": lambda: table(["size", "relay"] + LOAD, [[names[kilobytes(r)], r["peer"]] + load(r) for r in sorted(part("size"), key=kilobytes)]),
    "sessions": lambda: table(["sessions", "relay"] + LOAD, [[str(r["sessions"]), r["peer"]] + load(r) for r in sorted(part("sessions"), key=lambda r: r["sessions"])]),
    "depth": lambda: table(["waiting", "kind", "messages/s", "end-to-end ms p50", "p99", "RSS MB", "idle CPU %", "restart ms", "lost"],
                           [["{:,}".format(r["depth"]), str(r.get("fill", "–")), cell(r["delivered_per_s"], 0), cell(r["latency_ms_p50"], 1), cell(r["latency_ms_p99"], 1),
                             cell(r["rss_mb"]), cell(r["resting_cpu_pct"], 1), cell(r["restart_ready_ms"]), str(r["lost"])] for r in part("depth")]),
    "jmh": lambda: table(["benchmark", "microseconds", "±"], [[r["benchmark"], cell(float(r["score"]), 2), cell(float(r["error"]), 2) if r.get("error") is not None else "–"] for r in part("jmh")]),
    "steps": lambda: table(["step", "ms a message", "share %"], [[r["step"], cell(float(r["ms_per_message"]), 3), cell(float(r["share_pct"]), 1)] for r in sorted(part("steps"), key=lambda r: -r["ms_per_message"])]),
}
pictures = {
    "idle": [("Memory over time", "memory")],
    "size": [("Messages a second over message size", "size-messages"), ("Megabytes a second over message size", "size-bytes")],
    "sessions": [("Messages a second over concurrent sessions", "sessions-rate"), ("Time to the 250 over concurrent sessions", "sessions-latency")],
    "depth": [("Messages a second over queue depth", "depth-rate"), ("End-to-end time over queue depth", "depth-latency")],
    "steps": [("Processor time of a message by step", "steps")],
}


def drawn(name):
    """The pictures of a table that were drawn, as lines of the page."""
    there = [(t, f) for t, f in pictures.get(name, []) if os.path.exists(os.path.join(docs, "performance", f + ".svg"))]
    return "".join("![%s](performance/%s.svg)\n" % p for p in there) + ("\n" if there else "")


page = os.path.join(docs, "performance.md")
if os.path.exists(page):
    with open(page) as f:
        s = f.read()
    for name, make in tables.items():
        content = drawn(name) + make() if part(name) else "Not measured yet."
        s = re.sub(r"(<!-- table %s -->\n).*?(<!-- end -->)" % name, lambda m: m.group(1) + "\n" + content + "\n\n" + m.group(2), s, flags=re.S)
    with open(page, "w") as f:
        f.write(s)
print("%d figures" % len(results))
