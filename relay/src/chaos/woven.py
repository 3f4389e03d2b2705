"""A relay with fail points and movable clocks woven in by the agent; the jars are the shipped ones."""
import glob
import os
import pathlib
import subprocess
import time

from relay import HERE, HOME


class Woven:
    """Turns a world's relay into a woven one until plain() makes it the shipped one again.

    points   names as in points.py; all are woven, and armed one at a time
    """

    def __init__(self, world, points=(), config=None):
        self.world, self.folder = world, world.dir / "agent"
        self.folder.mkdir(exist_ok=True)
        self.points = list(dict.fromkeys(points))
        (self.folder / "points").write_text("".join(p + "\n" for p in self.points))
        (self.folder / "control").write_text("")
        self.relay = world.relay(config)
        self.weave()

    def weave(self):
        """The next start has the agent in it."""
        self.relay.home = _home(self.world)
        # without the cache of loaded classes a start is slow: at least nothing is optimized in it
        self.relay.java_opts = f"-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=1 -javaagent:{self.relay.home}/agent.jar={self.folder}"
        return self.relay

    def plain(self):
        """The next start is that of the shipped distribution."""
        self.relay.home, self.relay.java_opts = HOME, ""
        return self.relay

    def control(self, line):
        """Appends a line and waits until it is obeyed, if the relay runs."""
        before = len(self._lines("obeyed"))
        with open(self.folder / "control", "a", encoding="ascii") as file:
            file.write(line + "\n")
        end = time.monotonic() + 10
        while self.relay.alive and len(self._lines("obeyed")) <= before:
            if time.monotonic() > end:
                raise TimeoutError(f"not obeyed: {line}; {self.problems()}")
            time.sleep(0.005)

    def arm(self, point, action, hit=1, times=1):
        """For the running relay; what is armed when there is none holds from the next start."""
        assert point in self.points, point
        if not self.relay.alive:
            (self.folder / "control").write_text("")
        (self.folder / "fired").unlink(missing_ok=True)
        self.control(f"arm {point} {action} {hit} {times}")

    def clock(self, wall, monotonic=0):
        """Moves the clocks by so many seconds from the real time."""
        self.control(f"clock {round(wall * 1000)} {round(monotonic * 1000)}")

    def sweep(self):
        """Removes bodies that nobody needs, now; waits for it unless it ends the relay."""
        with open(self.folder / "control", "a", encoding="ascii") as file:
            file.write("sweep\n")

    def fired(self):
        """The monotonic times at which the armed point acted."""
        return [int(line.split()[0]) / 1e9 for line in self._lines("fired")]

    def wait_fired(self, count=1, timeout=40):
        """Waits until the armed point acted; one that is never passed is an error."""
        end = time.monotonic() + timeout
        while len(self.fired()) < count:
            if self.relay.process.poll() is not None and len(self.fired()) < count:
                raise RuntimeError(f"the relay ended with {self.relay.process.returncode}; {self.problems()}")
            if time.monotonic() > end:
                self.relay.dump()
                raise TimeoutError(f"never passed: {self._lines('control')[-1:]}; {self.problems()}")
            time.sleep(0.005)

    def wait_killed(self, timeout=40):
        """Waits until the armed point ended the process."""
        self.wait_fired(timeout=timeout)
        self.relay.process.wait(10)
        self.relay.crashes.append(self.fired()[0])

    def problems(self):
        """What the agent complains of, and points that are nowhere in the classes loaded so far."""
        absent = [p for p in self.points if p not in self._lines("woven")]
        return "; ".join(self._lines("problem") + [f"not woven: {p}" for p in absent]) or "all points are woven"

    def _lines(self, name):
        file = self.folder / name
        return file.read_text().splitlines() if file.exists() else []


def _home(world):
    """The shipped jars, without the cache of loaded classes, beside a JDK that has java.instrument."""
    home = world.dir / "woven"
    if not home.exists():
        (home / "lib").mkdir(parents=True)
        (home / "bin").mkdir()
        for jar in (HOME / "lib").glob("*.jar"):
            (home / "lib" / jar.name).symlink_to(jar)
        (home / "lib" / "native").symlink_to(HOME / "lib" / "native")
        (home / "bin" / "waybill").write_bytes((HOME / "bin" / "waybill").read_bytes())
        (home / "bin" / "waybill").chmod(0o755)
        (home / "config").symlink_to(HOME / "config")
        (home / "runtime").symlink_to(jdk())
        (home / "agent.jar").symlink_to(agent())
    return home


def agent():
    """The agent's jar, built if its sources are newer; to be called once before runs go side by side."""
    jar = pathlib.Path(os.environ.get("CHAOS_AGENT", HERE.parents[1] / "target" / "chaos-agent.jar"))
    sources = HERE / "agent" / "dev" / "waybill" / "chaos"
    if not jar.exists() or any(f.stat().st_mtime > jar.stat().st_mtime for f in sources.iterdir()):
        jar.parent.mkdir(exist_ok=True)
        subprocess.run([str(HERE / "agent" / "build.sh"), str(jar)], check=True)
    return jar


def jdk():
    """A full JDK 25."""
    for home in [os.environ.get("JAVA25_HOME", ""), *sorted(glob.glob("/usr/lib/jvm/*25*")), *glob.glob("/opt/*jdk*25*")]:
        if home and os.access(f"{home}/bin/javac", os.X_OK):
            return home
    raise RuntimeError("no JDK 25 found: install one under /usr/lib/jvm or set JAVA25_HOME")
