"""The machine: stops, memory, file descriptors."""
import pathlib
import resource
import socket
import time


def sigterm(world):
    """SIGTERM under load, and a start: nothing lost, nothing twice."""
    relay = world.relay().start()
    load = world.load(4000, rate=500, limit=60)
    load.wait(accepted=500)
    code = relay.stop()
    world.expect(code == 0, f"exit code {code}")
    relay.start()
    load.wait(accepted=load.accepted + 200)
    load.stop()


def heap(world):
    """96 MiB of heap, and forty sessions with messages of up to 4 MiB: bounded, or a start afresh."""
    relay = world.relay({"delivery.memory": "32MiB", "submission.memory": "16MiB"}, java_opts="-Xmx96m").start()
    load = world.load(250, sessions=40, size=lambda n: (4 << 20) if n % 4 == 0 else 200_000, limit=15)
    most, restarts = 0, 0
    world.window = 20                 # a process short of memory settles late, and ends in the middle of it
    end = time.monotonic() + 20
    while load.running and time.monotonic() < end:
        if relay.alive:
            most = max(most, relay.rss())
        else:
            relay.died()
            restarts += 1
            relay.start(wait=False)   # forty clients are back before it is ready: it may end again at once
        time.sleep(0.05)
    load.stop()
    end = time.monotonic() + 60       # what waits is as large as what came: whoever supervises it starts it again
    while time.monotonic() < end:
        if not relay.alive:
            relay.died()
            restarts += 1
            relay.start(wait=False)
        try:
            if not sum(relay.queue().values()):
                break
        except OSError:
            pass                      # it ends just now
        time.sleep(0.2)
    world.note(max_rss_mib=most, restarts=restarts, replies={str(k): v for k, v in load.replies.items()})
    world.expect(most < 450, f"{most} MiB resident")


def descriptors(world):
    """No file descriptor is free for four seconds: idle clients hold them all; then they go."""
    limit = 400
    relay = world.relay().start(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
    load = world.load(4000, rate=300, limit=60)
    load.wait(accepted=200)
    idle, most = [], 0
    for _ in range(limit):
        client = socket.socket()
        client.settimeout(1)
        try:
            client.connect(("127.0.0.1", relay.port))
        except OSError:
            pass
        idle.append(client)
    for _ in range(40):
        most = max(most, _descriptors(relay))
        time.sleep(0.1)
    world.note(descriptors=most, of=limit)
    world.expect(most >= limit - 2, f"{most} descriptors in use (expected: {limit})")
    for client in idle:
        client.close()
    load.wait(accepted=load.accepted + 300, timeout=15)
    load.stop()


heap.drain = descriptors.drain = 60    # a host that could not be reached is left alone for half a minute


def _descriptors(relay):
    return len(list(pathlib.Path(f"/proc/{relay.pid}/fd").iterdir()))


CASES = {"sigterm": sigterm, "heap": heap, "descriptors": descriptors}
