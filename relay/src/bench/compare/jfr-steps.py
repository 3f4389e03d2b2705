#!/usr/bin/env python3
"""jfr-steps.py RECORDING RESULT: the processor time of a message by step.

RESULT is the file with the JSON line of the run (bench.sh) that was recorded. Reads the CPU-time
samples (jdk.CPUTimeSample, or jdk.ExecutionSample where there are none) of the measured seconds with
the JDK's `jfr` and gives each to the room of its innermost frame of dev.waybill.relay. What the run
took beyond the samples is the JVM's own: compiler and garbage collector. Prints JSON lines."""
import json, os, re, subprocess, sys
from datetime import datetime, timedelta

recording = sys.argv[1]
run = json.loads(open(sys.argv[2]).read().splitlines()[-1])
messages = run["delivered"]
cpu = run["cpu_s_per_1000"] * messages / 1000
jfr = os.environ.get("JFR", "jfr")
STEPS = {"submission": "submission (SMTP in)", "admission": "admission", "message": "parsing", "rendering": "rendering", "dkim": "DKIM signature",
         "queue": "queue", "storage": "database and disk", "events": "events", "delivery": "delivery", "smtp": "SMTP out", "dns": "DNS",
         "tokens": "tokens", "http": "HTTP", "admin": "HTTP", "tracking": "HTTP", "metrics": "metrics"}


def samples(event):
    out = subprocess.run([jfr, "print", "--json", "--stack-depth", "64", "--events", event, recording], capture_output=True, text=True, check=True).stdout
    return json.loads(out)["recording"]["events"]


events = samples("jdk.CPUTimeSample") or samples("jdk.ExecutionSample")


def room(e):
    for f in (e["values"].get("stackTrace") or {}).get("frames") or []:
        m = re.match(r"dev[./]waybill[./]relay[./](\w+)[./]", f["method"]["type"]["name"] + ".")
        if m:
            return m.group(1)
    return None


when = lambda e: datetime.fromisoformat(re.match(r"[^.Z+]*(\.\d{1,6})?", e["values"]["startTime"]).group(0).ljust(26, "0"))
end = max(when(e) for e in events if room(e) == "submission")
measured = [e for e in events if end - timedelta(seconds=run["secs"]) <= when(e) <= end + timedelta(seconds=1)]
spent = {}
for e in measured:
    r = room(e)
    step = STEPS.get(r, "rest of the relay") if r else "threads of libraries and the JDK"
    spent[step] = spent.get(step, 0) + 1
total = len(measured)
# every sample stands for the same time: the period the recording was made with
period = float(os.environ.get("PERIOD_MS", "10")) / 1000
sampled = total * period
if sampled > cpu:
    period, sampled = cpu / total, cpu
rows = {k: n * period for k, n in spent.items()}
rows["JVM: compiler, garbage collector"] = cpu - sampled
for step, seconds in sorted(rows.items(), key=lambda x: -x[1]):
    print(json.dumps(dict(step=step, ms_per_message=round(seconds * 1000 / messages, 4), share_pct=round(100 * seconds / cpu, 1), samples=spent.get(step, 0))))
