#!/usr/bin/env python3
"""links.py [ROUNDS] [SECONDS]: what the tracking host answers beside nginx, on one machine.

wrk asks, in turns, for a click and an open of a sandbox's mail and for the same answers of nginx
(`return 302` and a 43-octet picture, a worker a core) with its access log, for both keep a record, and
without. One JSON line for each round, kind and server; the relay's own also say what was recorded."""
import json, os, pathlib, re, signal, socket, subprocess, sys, tempfile, time, urllib.request

here = os.path.dirname(os.path.abspath(__file__))
home = os.environ.get("WAYBILL_HOME", os.path.join(here, "../../../target/waybill"))
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 10
WARM = int(os.environ.get("WARM", "40"))
PATIENCE = 600


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def text(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode("latin-1")


def until(condition, patience=60):
    end = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > end:
            sys.exit("waited in vain for " + condition.__name__)
        time.sleep(0.2)
    return value


def wrk(url, secs):
    """Requests a second; every answer has to be one."""
    out = subprocess.run(["wrk", "-t2", "-c32", "-d%d" % secs, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(out)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


with tempfile.TemporaryDirectory(dir=os.environ.get("WORK")) as folder:
    logged, silent = free(), free()
    ready = pathlib.Path(folder, "data", "sandbox.json")
    pathlib.Path(folder, "nginx.conf").write_text("""
worker_processes %d; daemon off; pid %s/nginx.pid; error_log %s/error.log;
events { worker_connections 1024; }
http {
  keepalive_requests 1000000000;
  server { listen 127.0.0.1:%d; access_log %s/access.log combined buffer=64k flush=1s;
    location /c/ { return 302 https://shop.example/; } location /o/ { empty_gif; } }
  server { listen 127.0.0.1:%d; access_log off;
    location /c/ { return 302 https://shop.example/; } location /o/ { empty_gif; } }
}""" % (os.cpu_count(), folder, folder, logged, folder, silent))
    nginx = subprocess.Popen(["nginx", "-p", folder, "-c", folder + "/nginx.conf"])
    relay = subprocess.Popen([os.path.join(home, "bin/waybill"), "sandbox", "--data-dir", folder + "/data", "--port-base", "0"],
                             stdout=subprocess.DEVNULL)
    try:
        until(lambda: ready.exists() and ready.read_text().rstrip().endswith("}"))
        access = json.loads(ready.read_text())

        def links():
            found = {}
            for letter in json.loads(text(access["inbox"] + "api/messages")):
                raw = text(access["inbox"] + "api/messages/%s/raw" % letter["id"]).replace("=\r\n", "").replace("=3D", "=")
                found.update((kind, url) for url, kind in re.findall(r"(http://[\d.:]+/([co])/[\w.-]+)", raw))
            return found if len(found) == 2 else None

        def figures():
            metrics = text(access["admin"]["url"] + "/metrics")
            return {name: sum(float(n) for n in re.findall(r"^waybill_tracking_%s\S* ([\d.E+]+)$" % name, metrics, re.M))
                    for name in ("events_total", "dropped_total", "waiting")}

        def recorded():
            return figures()["waiting"] == 0

        urls = until(links)
        for url in urls.values():
            wrk(url, WARM)
        until(recorded, PATIENCE)
        for number in range(1, rounds + 1):
            for kind, name in (("c", "clicks"), ("o", "opens")):
                before, spent = figures(), cpu(relay.pid)
                rate = wrk(urls[kind], seconds)
                line = dict(round=number, kind=name, server="waybill", per_s=round(rate), cpu_us=round((cpu(relay.pid) - spent) * 1e6 / (rate * seconds), 1))
                for server, port in (("nginx with its log", logged), ("nginx without", silent)):
                    until(recorded, PATIENCE)
                    other = wrk("http://127.0.0.1:%d/%s/x" % (port, kind), seconds)
                    print(json.dumps(dict(round=number, kind=name, server=server, per_s=round(other))), flush=True)
                after = figures()
                line.update(recorded=int(after["events_total"] - before["events_total"]), dropped=int(after["dropped_total"] - before["dropped_total"]))
                print(json.dumps(line), flush=True)
    finally:
        for process in (relay, nginx):
            process.send_signal(signal.SIGTERM)
            process.wait()
