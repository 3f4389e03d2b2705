#!/usr/bin/env python3
"""What dead and slow sites cost the others: mail to many sites, once to well ones only, once with some that refuse
connections, some that swallow them and some that take seconds for every reply. Needs root, for network namespaces, and
mgen and msink in $WORK/bin.

    sites.py [--sites 1000] [--each 100] [--refusing 25] [--silent 25] [--slow 20] [--seconds 3] [--ratio 1.2]

Prints a JSON line for each round and the ratio of the times in which the well sites got all their mail; exits with 1 when
it is more than asked for, or when such mail is missing.
"""
import argparse
import asyncio
import ipaddress
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "chaos")]
sys.dont_write_bytecode = True
from nameserver import NameServer  # noqa: E402
from relay import Relay  # noqa: E402

WORK = pathlib.Path(os.environ.get("WORK", "/var/tmp/waybill-bench"))
SENDER, DOMAIN, FIRST = "sender.example", "s%04d.sites.example", ipaddress.ip_address("127.1.0.1")
TEXT = ("From: News <news@sender.example>\nTo: @RCPT@\nSubject: News\nX-Bench-Id: @ID@\nMIME-Version: 1.0\n\n"
        + "A line of text.\n" * 120)


class Silent:
    """Hosts that never answer SYN, since their queues of connections are full."""

    def __init__(self, addresses):
        self.sockets = []
        for each in addresses:
            self.sockets.append(socket.create_server((each, 25), backlog=0))
            for _ in range(3):
                caller = socket.socket()
                caller.setblocking(False)
                caller.connect_ex((each, 25))
                self.sockets.append(caller)


class Slow:
    """Hosts that take their time for every reply."""

    def __init__(self, addresses, seconds):
        self.seconds, self.taken = seconds, 0
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, daemon=True).start()
        for each in addresses:
            asyncio.run_coroutine_threadsafe(asyncio.start_server(self.converse, each, 25), loop).result(5)

    async def converse(self, reader, writer):
        reply = "220 slow.example"
        try:
            while True:
                await asyncio.sleep(self.seconds)
                writer.write(reply.encode() + b"\r\n")
                if reply.startswith("354"):
                    await reader.readuntil(b"\r\n.\r\n")
                    self.taken += 1
                    reply = "250 taken"
                else:
                    verb = (await reader.readuntil(b"\r\n"))[:4].upper()
                    reply = "354 go" if verb == b"DATA" else "250 ok"
        except (OSError, asyncio.IncompleteReadError):
            writer.close()


class Round:
    """One relay and its world."""

    def __init__(self, work, options):
        self.work, self.options = work, options
        self.ill = options.refusing + options.silent + options.slow
        self.well = options.sites - self.ill
        self.names = NameServer([
            {"type": "A", "name": SENDER, "value": "127.0.0.1"}, {"type": "A", "name": f"relay.{SENDER}", "value": "127.0.0.1"},
            {"type": "MX", "name": SENDER, "value": f"relay.{SENDER}", "priority": 10}])
        for site in range(options.sites):
            name = DOMAIN % (site + 1)
            self.names.add({"type": "MX", "name": name, "value": f"mx.{name}", "priority": 10})
            self.names.add({"type": "A", "name": f"mx.{name}", "value": str(FIRST + site)})
        self.relay = Relay("relay", work / "data", {"delivery.retry.first": "1m", "delivery.retry.longest": "4h"})

    def start(self):
        self.relay.start(timeout=60)
        self.relay.api("POST", "/domains", {"name": SENDER}, timeout=20)
        for record in self.relay.api("GET", f"/domains/{SENDER}", timeout=20)["records"]:
            name = record["name"].rstrip(".")
            self.names.add({**record, "name": name if name.endswith(SENDER) else f"{name}.{SENDER}"})
        while self.relay.api("GET", f"/domains/{SENDER}", timeout=20)["status"] != "verified":
            self.relay.api("POST", f"/domains/{SENDER}/verify", timeout=20)
            time.sleep(0.3)

    def sink(self, tag, count):
        """msink for the well sites, and its status file."""
        status = self.work / f"{tag}.json"
        process = subprocess.Popen([WORK / "bin/msink", "-a", str(FIRST), "-k", str(self.well), "-g", tag, "-n", str(count), "-s",
                                    status], stdout=subprocess.DEVNULL)
        while not status.exists():
            time.sleep(0.05)
        return process, status

    def hand_in(self, tag, count, sites):
        (self.work / "text").write_text(TEXT)
        return subprocess.Popen([WORK / "bin/mgen", "-p", str(self.relay.port), "-n", str(count), "-d", str(sites), "-D", DOMAIN,
                                 "-t", self.work / "text", "-g", tag, "-f", f"news@{SENDER}"], stdout=subprocess.PIPE, text=True)

    def carry(self, tag, count, sites, wanted, limit):
        """Hands in so many messages; returns seconds until the well sites had what is for them, and memory meanwhile."""
        sink, status = self.sink(tag, count)
        load, memory, end = self.hand_in(tag, count, sites), [], time.monotonic() + limit
        while json.loads(status.read_text())["unique"] < wanted and time.monotonic() < end:
            memory.append(self.relay.rss())
            time.sleep(0.5)
        time.sleep(0.5)
        handed = json.loads(load.communicate()[0])
        sink.terminate()
        sink.wait()
        got = json.loads(status.read_text())
        return handed, got, memory

    def run(self):
        sites, each = self.options.sites, self.options.each
        self.start()
        warm = min(10_000, self.well * each)
        self.carry("warm", warm, self.well, warm, 120)
        ill = [str(FIRST + site) for site in range(self.well, sites)][self.options.refusing:]
        silent = Silent(ill[:self.options.silent])
        slow = Slow(ill[self.options.silent:], self.options.seconds)
        handed, got, memory = self.carry("run", sites * each, sites, self.well * each, self.options.limit)
        thirds = [memory[len(memory) * i // 3:len(memory) * (i + 1) // 3] for i in range(3)]
        line = {"sites": sites, "ill": self.ill, "accepted": handed["acked"], "accepted_s": handed["secs"],
                "well_wanted": self.well * each, "well_got": got["unique"], "twice": got["dups"],
                "well_s": round((got["last_us"] - handed["first_us"]) / 1e6, 2), "slow_got": slow.taken,
                "rss_mib": [max(third, default=0) for third in thirds]}
        del silent
        self.relay.kill()
        print(json.dumps(line), flush=True)


def apart(arguments):
    """A round in namespaces of its own, whose end is the end of all it started."""
    done = subprocess.run(["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
                           sys.executable, __file__, "--round", *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
    line = done.stdout.splitlines()[-1]
    print(line, flush=True)
    return json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("sites", 1000), ("each", 100), ("refusing", 25), ("silent", 25), ("slow", 20), ("limit", 240)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--ratio", type=float, default=1.2)
    parser.add_argument("--round", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.round:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        work = pathlib.Path(tempfile.mkdtemp(prefix="sites.", dir=WORK))
        try:
            Round(work, options).run()
        finally:
            shutil.rmtree(work, ignore_errors=True)
        os._exit(0)
    subprocess.run(["make", "-s", "-C", HERE / "tools", f"OUT={WORK}/bin"], check=True)
    common = ["--each", options.each, "--seconds", options.seconds, "--limit", options.limit]
    ill = options.refusing + options.silent + options.slow
    well = apart([*common, "--sites", options.sites - ill, "--refusing", 0, "--silent", 0, "--slow", 0])
    mixed = apart([*common, "--sites", options.sites, "--refusing", options.refusing, "--silent", options.silent, "--slow",
                   options.slow])
    ratio = mixed["well_s"] / well["well_s"]
    print(f"the well sites waited {ratio:.2f} times as long beside {ill} that are not (expected: at most {options.ratio})")
    missing = [line for line in (well, mixed) if line["well_got"] != line["well_wanted"]]
    sys.exit(bool(missing) or ratio > options.ratio)


if __name__ == "__main__":
    main()
