#!/usr/bin/env python3
"""start.py [WAYBILL_HOME] [RUNS] [IDLE_SECONDS]: how long a start takes and what an idle relay holds.

From the exec of `waybill serve` to the first 200 of /readyz, on loopback ports of its own; the first
start makes the database, the others find it. One JSON line: milliseconds of each start, CPU seconds
until ready, and VmRSS in MB after IDLE_SECONDS."""
import http.client, json, os, shutil, signal, socket, subprocess, sys, tempfile, time
from statistics import median

here = os.path.dirname(os.path.abspath(__file__))
home = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(here, "../../../target/waybill")
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
idle = float(sys.argv[3]) if len(sys.argv) > 3 else 60


def ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    numbers = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return numbers


def ready(port):
    try:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        c.request("GET", "/readyz")
        return c.getresponse().status == 200
    except OSError:
        return False


def rss(pid):
    for line in open("/proc/%d/status" % pid):
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1000 * 1.024, 1)


def cpu(pid):
    f = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(f[11]) + int(f[12])) / os.sysconf("SC_CLK_TCK")


work = tempfile.mkdtemp(prefix="waybill-start-", dir=os.environ.get("WORK"))
p = ports(5)
config = os.path.join(work, "waybill.yaml")
with open(config, "w") as f:
    f.write("hostname: relay.start.example\ndata-dir: %s/data\nsubmission:\n  listen: 127.0.0.1:%d\n"
            "  listen-tls: 127.0.0.1:%d\nfeedback:\n  listen: 127.0.0.1:%d\ntracking:\n"
            "  listen: 127.0.0.1:%d\nadmin:\n  listen: 127.0.0.1:%d\n" % (work, *p))
millis, seconds, held = [], [], []
try:
    for run in range(runs + 1):
        log = open(os.path.join(work, "log"), "w")
        t0 = time.monotonic()
        child = subprocess.Popen([home + "/bin/waybill", "serve", "--config", config],
                                 stdout=log, stderr=log)
        while not ready(p[4]):
            if child.poll() is not None or time.monotonic() - t0 > 60:
                sys.exit(open(os.path.join(work, "log")).read())
            time.sleep(0.002)
        millis.append(round((time.monotonic() - t0) * 1000))
        seconds.append(cpu(child.pid))
        if run == runs:
            time.sleep(idle)
            held.append(rss(child.pid))
        else:
            time.sleep(1)
        child.send_signal(signal.SIGTERM)
        child.wait()
finally:
    shutil.rmtree(work, ignore_errors=True)
print(json.dumps(dict(time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), kind="start",
                      first_ms=millis[0], again_ms=median(millis[1:]), again_ms_all=millis[1:],
                      cpu_s=round(median(seconds[1:]), 2), idle_s=idle, idle_rss_mb=held[0])))
