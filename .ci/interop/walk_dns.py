"""A small DNS for the walk: two nsd for the same zones, and unbound, which validates, in front of them."""
import atexit
import glob
import pathlib
import subprocess
import time

SERVERS = {"ns1": "127.0.0.2", "ns2": "127.0.0.3"}
RESOLVER = "127.0.0.1"


class Dns:
    """zones: name -> lines without SOA and NS; publish() writes, signs and loads one."""

    def __init__(self, work):
        self.work, self.serial, self.keys = pathlib.Path(work), 1, {}
        self.zones, self.processes = [], {}
        atexit.register(self.close)

    def zone(self, name, signed=False):
        self.zones.append(name)
        if signed:
            key = subprocess.run(["ldns-keygen", "-k", "-a", "ECDSAP256SHA256", name], cwd=self.work, check=True,
                                 capture_output=True, text=True).stdout.strip()
            self.keys[name] = key

    def start(self):
        for server, address in SERVERS.items():
            (self.work / server).mkdir()
            for zone in self.zones:
                self._write(zone, [], server)
            (self.work / f"{server}.conf").write_text("\n".join([
                "server:", f"  ip-address: {address}", '  username: ""', f'  zonesdir: "{self.work / server}"',
                '  database: ""', f'  pidfile: "{self.work}/{server}.pid"', f'  xfrdfile: "{self.work}/{server}.xfrd"',
                f'  zonelistfile: "{self.work}/{server}.zones"', f'  logfile: "{self.work}/{server}.log"',
                "remote-control:", "  control-enable: no",
                *(f"zone:\n  name: {zone}\n  zonefile: {zone}" for zone in self.zones), ""]))
            self.start_server(server)
        anchors = "".join(f'  trust-anchor-file: "{path}"\n' for path in glob.glob(f"{self.work}/K*.key"))
        (self.work / "unbound.conf").write_text(f"""server:
  interface: {RESOLVER}
  access-control: 127.0.0.0/8 allow
  username: ""
  chroot: ""
  directory: "{self.work}"
  pidfile: "{self.work}/unbound.pid"
  logfile: "{self.work}/unbound.log"
  use-syslog: no
  do-ip6: no
  do-not-query-localhost: no
  module-config: "validator iterator"
{anchors}remote-control:
  control-enable: yes
  control-use-cert: no
  control-interface: "{self.work}/unbound.ctl"
stub-zone:
  name: "example."
  stub-addr: {SERVERS["ns1"]}
  stub-addr: {SERVERS["ns2"]}
""")
        self.start_resolver()

    def start_server(self, server):
        self._run(server, ["nsd", "-d", "-c", f"{self.work}/{server}.conf"])
        self._wait(lambda: self.dig("SOA", "example.", SERVERS[server]), server)

    def start_resolver(self):
        self._run("unbound", ["unbound", "-d", "-c", f"{self.work}/unbound.conf"])
        self._wait(lambda: self.dig("SOA", "example."), "unbound")

    def stop(self, *names):
        for name in names:
            self.processes[name].terminate()
            self.processes.pop(name).wait(10)

    def close(self):
        self.stop(*list(self.processes))

    def publish(self, zone, lines, servers=tuple(SERVERS), spoil=None, flush=True):
        """Writes the zone to the servers and waits until they have it; spoil: a name whose TXT records no longer fit
        their signature; flush: whether the resolver forgets what it had."""
        self.serial += 1
        for server in servers:
            self._write(zone, lines, server, spoil)
            self.processes[server].send_signal(1)
        for server in servers:
            self._wait(lambda s=server: f" {self.serial} " in self.dig("SOA", zone, SERVERS[s]), f"{zone} at {server}")
        if flush:
            self.flush()

    def flush(self):
        for command in (["flush_zone", "example"], ["flush_bogus"], ["flush_negative"], ["flush_infra", "all"]):
            subprocess.run(["unbound-control", "-q", "-c", f"{self.work}/unbound.conf", *command], check=True,
                           capture_output=True)

    def dig(self, kind, name, server=RESOLVER, *more):
        return subprocess.run(["dig", "+short", "+tries=1", "+time=1", *more, f"@{server}", name, kind],
                              capture_output=True, text=True).stdout.strip()

    def _write(self, zone, lines, server, spoil=None):
        path = self.work / server / zone
        path.write_text("\n".join([
            f"$ORIGIN {zone}.", "$TTL 60", f"@ SOA ns1 root {self.serial} 3600 600 86400 5", "@ NS ns1", "@ NS ns2",
            *(f"{name} A {address}" for name, address in SERVERS.items()), *lines, ""]))
        if zone in self.keys:
            signed = path.with_suffix(".signed")
            # as in the world: NSEC3 with opt-out above, NSEC below
            how = ["-n", "-p", "-t", "0"] if "." not in zone else []
            subprocess.run(["ldns-signzone", *how, "-o", zone, "-f", str(signed), str(path), self.keys[zone]],
                           cwd=self.work, check=True, capture_output=True)
            text = signed.read_text()
            if spoil:
                kept = [line.replace('"v=spf1 ', '"v=spf1  ') if line.startswith(spoil) and "\tTXT\t" in line else line
                        for line in text.splitlines()]
                assert kept != text.splitlines(), f"nothing to spoil at {spoil}"
                text = "\n".join(kept) + "\n"
            path.write_text(text)
        elif not lines and zone == "example":
            with open(path, "a", encoding="ascii") as file:
                for child in self.zones:
                    if child != zone:
                        file.write("".join(f"{child}. NS {ns}.{child}.\n{ns}.{child}. A {address}\n"
                                           for ns, address in SERVERS.items()))

    def _run(self, name, command):
        log = open(self.work / f"{name}.out", "ab")
        self.processes[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _wait(self, done, what):
        end = time.monotonic() + 15
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"{what} is not there after 15 s")
            time.sleep(0.05)
