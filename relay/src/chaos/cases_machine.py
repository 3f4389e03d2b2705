"""The machine: stops, memory, file descriptors."""
import pathlib
import resource
import socket
import time


def sigterm(world):
    """SIGTERM under load, twice, each time with a start: nothing lost, nothing twice."""
    relay = world.relay().start()
    load = world.load(4000, rate=500, limit=15)
    for _ in range(2):
        load.wait(accepted=load.accepted + 400)
        code = relay.stop()
        world.expect(code in (0, 143), f"exit code {code}")
        relay.start()
    load.wait(accepted=load.accepted + 200)
    load.stop()


def heap(world):
    """96 MiB of heap, and forty sessions with messages of up to 4 MiB: bounded, or a start afresh."""
    relay = world.relay({"delivery.memory": "32MiB"}, java_opts="-Xmx96m").start()
    load = world.load(250, sessions=40, size=lambda n: (4 << 20) if n % 4 == 0 else 200_000, limit=15)
    most, restarts = 0, 0
    end = time.monotonic() + 20
    while load.running and time.monotonic() < end:
        if relay.alive:
            most = max(most, relay.rss())
        else:
            relay.died()
            restarts += 1
            relay.start()
        time.sleep(0.05)
    load.stop()
    if not relay.alive:
        relay.died()
        restarts += 1
        relay.start()
    world.note(max_rss_mib=most, restarts=restarts, replies={str(k): v for k, v in load.replies.items()})
    world.expect(most < 450, f"{most} MiB resident")


def descriptors(world):
    """No file descriptor is free for four seconds: idle clients hold them all; then they go."""
    relay = world.relay().start()
    load = world.load(4000, rate=300, limit=15)
    load.wait(accepted=200)
    used = _descriptors(relay)
    resource.prlimit(relay.pid, resource.RLIMIT_NOFILE, (used + 40, 1 << 16))
    idle = []
    for _ in range(120):
        client = socket.socket()
        client.settimeout(1)
        try:
            client.connect(("127.0.0.1", relay.port))
        except OSError:
            pass
        idle.append(client)
    time.sleep(4)
    world.note(descriptors=f"{_descriptors(relay)} of {used + 40}")
    for client in idle:
        client.close()
    resource.prlimit(relay.pid, resource.RLIMIT_NOFILE, (1 << 16, 1 << 16))
    load.wait(accepted=load.accepted + 300, timeout=15)
    load.stop()


def _descriptors(relay):
    return len(list(pathlib.Path(f"/proc/{relay.pid}/fd").iterdir()))


CASES = {"sigterm": sigterm, "heap": heap, "descriptors": descriptors}
