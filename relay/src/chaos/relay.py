"""One Waybill process from the built distribution."""
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
HOME = pathlib.Path(os.environ.get("WAYBILL_HOME", HERE.parents[1] / "target" / "waybill"))

BASE = {
    "hostname": "relay.sender.example",
    "submission.trusted-networks": "127.0.0.0/8",
    "submission.max-connections": "2000",
    "submission.connections-per-address": "2000",
    "dns.servers": "127.0.0.1:53",
    "dns.timeout": "2s",
    "delivery.allow-networks": "127.0.0.0/8",
    "delivery.retry.first": "1s",
    "delivery.retry.longest": "2s",
    "domains.spf-mechanisms": "ip4:127.0.0.1",
    "storage.min-free-disk": "16MiB",
    "shutdown-grace": "10s",
}


class Relay:
    """Keys of config are those of waybill.yaml; ports are the usual ones plus 1000 for each node.

    crashes holds the monotonic times at which this process was killed; home is the distribution.
    """

    def __init__(self, name, data, config, java_opts="", environment=None, index=0):
        self.name, self.data, self.index = name, pathlib.Path(data), index
        self.config = {**BASE, "data-dir": str(data), **self._listen(), **config}
        self.java_opts, self.environment = java_opts, dict(environment or {})
        self.log = self.data.parent / f"{name}.log"
        self.process, self.crashes, self.home = None, [], HOME

    def _listen(self):
        def at(port):
            return f"127.0.0.1:{port + 1000 * self.index}"
        return {"submission.listen": at(2525), "submission.listen-tls": at(2465),
                "feedback.listen": at(2526), "tracking.listen": at(8080), "admin.listen": at(8081)}

    @property
    def port(self):
        return int(self.config["submission.listen"].rpartition(":")[2])

    @property
    def pid(self):
        return self.process.pid

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def start(self, wait=True, timeout=30, preexec=None):
        """Starts the process; with wait, until it is ready."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WAYBILL_")}
        environment |= {"WAYBILL_JAVA_OPTS": self.java_opts, **self.environment}
        for key, value in self.config.items():
            name = "WAYBILL_" + key.upper().replace(".", "_").replace("-", "_")
            environment[name] = str(value)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(self.home / "bin" / "waybill"), "serve"], env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=preexec)
        if wait:
            self.wait_ready(timeout)
        return self

    def wait_ready(self, timeout=30):
        end = time.monotonic() + timeout
        while not self.ready():
            if not self.alive:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode} at its start")
            if time.monotonic() > end:
                self.dump()
                raise TimeoutError(f"{self.name} is not ready after {timeout} s")
            time.sleep(0.05)

    def ready(self):
        try:
            return self.api("GET", "/readyz") == "ready\n"
        except (OSError, ValueError):
            return False

    def api(self, method, path, body=None, timeout=5):
        """The admin API's answer, as JSON where it is JSON."""
        key = self.data / "admin.key"
        request = urllib.request.Request(
            f"http://{self.config['admin.listen']}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json",
                     "Authorization": "Bearer " + (key.read_text().strip() if key.exists() else "")})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                text = answer.read().decode()
                return json.loads(text) if "json" in answer.headers["Content-Type"] else text
        except urllib.error.HTTPError as failure:
            raise ValueError(f"{method} {path}: {failure.code} {failure.read().decode()}") from None

    def dump(self):
        """Its threads, to its log and the virtual ones to a file: it does not do what it should."""
        self.process.send_signal(signal.SIGQUIT)
        time.sleep(1)
        if self.home != HOME:                            # beside a whole JDK
            subprocess.run([str(self.home / "runtime/bin/jcmd"), str(self.pid), "Thread.dump_to_file", "-overwrite",
                            str(self.log.with_suffix(".threads"))], timeout=20, capture_output=True)

    def queue(self):
        """Waiting deliveries by state, counted after the call: a relay that found counting dear shows an older count
        for a while."""
        shown = self.api("GET", "/queue")["counted_at"]
        end = time.monotonic() + 20
        while time.monotonic() < end:
            answer = self.api("GET", "/queue")
            if answer["counted_at"] != shown:
                return answer["states"]
            time.sleep(0.05)
        raise TimeoutError(f"the queue was not counted again since {shown}")

    def rss(self):
        """Resident memory in MiB."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) >> 10
        return 0

    def stop(self, timeout=30):
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self):
        """SIGKILL; returns when the process is gone."""
        self.process.kill()
        self.process.wait(10)
        self.crashes.append(time.monotonic())            # now its connections are closed

    def died(self):
        """Notes that the process ended by itself, now."""
        self.crashes.append(time.monotonic())

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)
