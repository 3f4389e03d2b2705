"""Where the relay keeps its rows: H2 in its data folder, or a PostgreSQL server of our own."""
import csv
import glob
import os
import pathlib
import shutil
import signal
import subprocess
import time

from relay import HOME

TABLES = {
    "event": "select seq, type, message_id, ordinal, recipient, facts from event "
             "where message_id is not null order by seq",
    "delivery": "select message_id, ordinal, recipient, state, attempts from delivery",
    "message": "select id from message",
}


class H2:
    """The embedded database; it can be read while no relay runs."""

    kind = "h2"

    def __init__(self, world):
        self.world = world

    def config(self):
        return {}

    def rows(self):
        out = self.world.dir / "dump"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        sql = ";".join(f"call csvwrite('{out}/{name}.csv', '{query}')" for name, query in TABLES.items())
        jar = glob.glob(str(HOME / "lib" / "h2-*.jar"))[0]
        done = subprocess.run(
            [str(HOME / "runtime/bin/java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", jar,
             "org.h2.tools.Shell", "-url", f"jdbc:h2:file:{self.world.data}/waybill;IFEXISTS=TRUE",
             "-user", "waybill", "-password", "", "-sql", sql],
            capture_output=True, text=True, timeout=60)
        if done.returncode or not (out / "message.csv").exists():
            raise RuntimeError("the database cannot be read: " + done.stdout + done.stderr)
        return _read(out)


class PostgreSql:
    """A server on 127.0.0.1:5432 with its files in the world's folder."""

    kind = "postgresql"
    binaries = max(glob.glob("/usr/lib/postgresql/*/bin"), default="/usr/lib/postgresql/bin")

    def __init__(self, world):
        self.world, self.files, self.process = world, world.dir / "postgresql", None

    def config(self):
        return {"database.url": "jdbc:postgresql://127.0.0.1/waybill", "database.user": "postgres"}

    def create(self):
        """A new cluster with an empty database."""
        self.files.mkdir()
        shutil.chown(self.files, "postgres")
        self._as_postgres("initdb", "-D", str(self.files), "-A", "trust", "-E", "UTF8", "--locale=C")
        with open(self.files / "postgresql.conf", "a", encoding="ascii") as conf:
            conf.write("unix_socket_directories = ''\nlisten_addresses = '127.0.0.1'\n"
                       "max_connections = 60\nshared_buffers = 64MB\nlog_min_messages = fatal\n")
        self.start()
        self.sql("create database waybill", "postgres")

    def start(self):
        (self.files / "postmaster.pid").unlink(missing_ok=True)
        with open(self.world.dir / "postgresql.log", "ab") as log:
            self.process = subprocess.Popen(
                [f"{self.binaries}/postgres", "-D", str(self.files)], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, user="postgres", group="postgres", extra_groups=[],
                cwd="/", process_group=0)
        end = time.monotonic() + 20
        while subprocess.run([f"{self.binaries}/pg_isready", "-q", "-h", "127.0.0.1"], check=False).returncode:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError("PostgreSQL did not start")
            time.sleep(0.05)
        return self

    def stop(self):
        """A fast shutdown: every session is ended."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def kill(self):
        """SIGKILL to the server and all its processes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        _end_orphans(self.files)

    def sql(self, text, database="waybill"):
        done = subprocess.run(
            [f"{self.binaries}/psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-U", "postgres", "-d", database,
             "-v", "ON_ERROR_STOP=1", "-c", text], capture_output=True, text=True, timeout=30, cwd="/")
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def rows(self):
        out = self.world.dir / "dump"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        for name, query in TABLES.items():
            (out / f"{name}.csv").write_text(self.sql(f"copy ({query}) to stdout with csv header") + "\n")
        return _read(out)

    def _as_postgres(self, program, *arguments):
        subprocess.run([f"{self.binaries}/{program}", *arguments], check=True, stdout=subprocess.DEVNULL,
                       user="postgres", group="postgres", extra_groups=[], cwd="/")


def _end_orphans(files):
    """Server processes have sessions of their own: those that work in our folder are ended too."""
    for _ in range(100):
        left = []
        for link in glob.glob("/proc/[0-9]*/cwd"):
            try:
                if os.readlink(link).startswith(str(files)):
                    left.append(int(link.split("/")[2]))
            except OSError:
                pass
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if not left:
            return
        time.sleep(0.02)


def _read(folder):
    tables = {}
    for name in TABLES:
        with open(pathlib.Path(folder) / f"{name}.csv", newline="", encoding="utf-8") as file:
            tables[name] = [{k.lower(): v for k, v in row.items()} for row in csv.DictReader(file)]
    return tables
