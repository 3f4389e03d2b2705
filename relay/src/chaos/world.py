"""A private world for one run: DNS, mail hosts, application, relay and database.

It lives in network, mount and process namespaces of its own (chaos.py makes them), so two runs
never meet, and whatever is left behind ends with it.
"""
import json
import pathlib
import shutil
import subprocess
import time

import oracle
from database import H2, PostgreSql
from load import DOMAINS, SENDER, SUPPRESSED, Load, domain
from relay import Relay
from sink import Sink


class World:
    """
    dir        the folder of this run; data is the relay's data folder in it
    relays     every relay made by relay(); most cases have one
    load       what load() made last
    zone       the records that the DNS server publishes: dicts of type, name, value, priority
    window     seconds before a crash in which a copy may have been settled in vain
    lag        seconds after a crash in which a mail host may still answer what was on its way
    doubt      whether mail that was refused may be there all the same
    most_duplicates  how many copies may come again at most, or None
    crashes    further moments (monotonic) after which a copy may come again, besides relays' own
    """

    def __init__(self, folder, storage="h2", prepared=None):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(parents=True, exist_ok=True)
        self.data = self.dir / "data"
        self.relays, self.crashes, self.window, self.lag, self.load_ = [], [], 2.0, 0.3, None
        self.doubt = False
        self.most_duplicates = None
        self.dns, self.zone, self.notes = None, base_zone(), {}
        self.database = H2(self) if storage == "h2" else PostgreSql(self)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        if prepared:
            subprocess.run(["cp", "-a", f"{prepared}/.", str(self.dir)], check=True)
            self.zone = json.loads((self.dir / "zone.json").read_text())
            if storage != "h2":
                self.database.start()
        self.sink = Sink().start()
        self.start_dns()

    # DNS

    def start_dns(self):
        """dnsmasq with the records of zone; a case may stop it and put a server of its own there."""
        conf = self.dir / "dnsmasq.conf"
        conf.write_text("\n".join([
            "port=53", "listen-address=127.0.0.1", "bind-interfaces", "no-resolv", "no-hosts", "user=root",
            "local=/example/", "local=/in-addr.arpa/", *map(_dnsmasq, self.zone)]) + "\n")
        self.dns = subprocess.Popen(
            ["dnsmasq", "-C", str(conf), "--keep-in-foreground", f"--pid-file={self.dir}/dnsmasq.pid"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def stop_dns(self):
        if self.dns:
            self.dns.kill()
            self.dns.wait()
            self.dns = None

    # relays and load

    def relay(self, config=None, java_opts="", environment=None, data=None):
        """A relay, not started; the second one of a world is a second node."""
        index = len(self.relays)
        if data is None:
            data = self.data if index == 0 else self.dir / f"data-{index + 1}"
        if index and not pathlib.Path(data).exists():
            shutil.copytree(self.data, data)
        made = Relay(f"relay-{index + 1}", data, {**self.database.config(), **(config or {})},
                     java_opts, environment, index)
        self.relays.append(made)
        return made

    def load(self, accepted, **how):
        """Starts handing messages in; how: see load.Load."""
        how.setdefault("ports", tuple(r.port for r in self.relays) or (2525,))
        self.load_ = Load(accepted, **how).start()
        return self.load_

    def note(self, **facts):
        """Puts facts into the run's line."""
        self.notes.update(facts)

    # the end

    def drain(self, limit=30):
        """Waits until nothing waits any more in the queue of the relays; true when it is so."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            for relay in self.relays:
                if relay.alive:
                    try:
                        if not any(relay.queue().values()):
                            return True
                        break
                    except (OSError, ValueError):
                        pass
            time.sleep(0.1)
        return False

    def verdict(self, limit=30):
        """Lets the relay drain, stops it and asks the oracle."""
        self.load_.finish()
        self.drain(limit)
        time.sleep(0.3)
        problems = []
        for relay in self.relays:
            if relay.alive:
                try:
                    code = relay.stop()
                    if code not in (0, 143):
                        problems.append(f"{relay.name} stopped with exit code {code}")
                except subprocess.TimeoutExpired:
                    problems.append(f"{relay.name} did not stop")
                    relay.kill()
        crashes = self.crashes + [c for relay in self.relays for c in relay.crashes]
        counts = oracle.judge(self.load_, self.sink, self.database.rows(), crashes, self.window, self.lag, self.doubt)
        counts["problems"] += problems
        if self.most_duplicates is not None and counts["duplicates"] > self.most_duplicates:
            counts["problems"].append(f"{counts['duplicates']} duplicates (expected: at most {self.most_duplicates})")
        return {**counts, **self.notes}

    def expect(self, true, text):
        """Notes a problem of its own unless something holds."""
        if not true:
            raise AssertionError(text)


def base_zone():
    """What exists before the sending domain is registered."""
    zone = [{"type": "A", "name": SENDER, "value": "127.0.0.1"},
            {"type": "MX", "name": SENDER, "value": f"relay.{SENDER}", "priority": 10},
            {"type": "A", "name": f"relay.{SENDER}", "value": "127.0.0.1"}]
    for n in range(DOMAINS):
        host = f"mx{n + 1:02d}.bench.example"
        zone += [{"type": "MX", "name": domain(n), "value": host, "priority": 10},
                 {"type": "A", "name": host, "value": f"127.0.0.{n + 2}"}]
    return zone


def _dnsmasq(record):
    kind, name, value = record["type"], record["name"], record["value"].rstrip(".")
    if kind == "MX":
        return f"mx-host={name},{value},{record['priority']}"
    if kind == "A":
        return f"host-record={name},{value}"
    if kind == "CNAME":
        return f"cname={name},{value}"
    parts = ",".join(f'"{value[i:i + 200]}"' for i in range(0, len(value), 200))
    return f"txt-record={name},{parts}"


def prepare(folder, storage):
    """A data folder with a verified sending domain and some suppressions, to be copied for each run."""
    world = World(folder, storage)
    if storage != "h2":
        world.database.create()
    relay = world.relay({"verification.first-interval": "1s"}).start()
    relay.api("POST", "/domains", {"name": SENDER})
    for record in relay.api("GET", f"/domains/{SENDER}")["records"]:
        name = (record.get("fqdn") or record["name"]).rstrip(".")
        if not name.endswith(SENDER):
            name += "." + SENDER
        world.zone.append({"type": record["type"], "name": name, "value": record["value"],
                           "priority": record.get("priority") or 10})
    world.stop_dns()
    world.start_dns()
    time.sleep(0.2)
    for _ in range(100):
        relay.api("POST", f"/domains/{SENDER}/verify")
        time.sleep(0.3)
        if relay.api("GET", f"/domains/{SENDER}")["status"] == "verified":
            break
    else:
        raise RuntimeError(f"not verified: {relay.api('GET', f'/domains/{SENDER}')}")
    for n in range(SUPPRESSED):
        relay.api("POST", "/suppressions", {"email": f"x{n}@d01.bench.example"})
    relay.stop()
    if storage != "h2":
        world.database.stop()
    (world.dir / "zone.json").write_text(json.dumps(world.zone))
    world.stop_dns()
    for left in world.dir.glob("*.log"):
        left.unlink()
