"""PostgreSQL: the server gone and back, and two nodes on one database."""
import time

from woven import Woven


def _gone(world, end):
    world.relay().start()
    load = world.load(4000, rate=300, limit=60)
    load.wait(accepted=300)
    for _ in range(2):
        end()
        time.sleep(1.5)
        world.database.start()
        load.wait(accepted=load.accepted + 200, timeout=15)
    load.stop()
    world.note(replies={str(code): count for code, count in load.replies.items()})
    world.expect(load.replies and all(400 <= code < 500 for code in load.replies), f"replies {load.replies}")


def postgres_killed(world):
    """kill -9 to the database server and all its sessions, twice; the relay goes on by itself."""
    _gone(world, world.database.kill)


def postgres_restarted(world):
    """A fast stop of the database server, twice; the relay goes on by itself."""
    _gone(world, world.database.stop)


def postgres_backlog(world):
    """kill -9 to the database server while the relay carries what it claimed, whose bodies are there."""
    world.relay().start()
    world.sink.refuse = "451 4.3.2 not now"
    load = world.load(600, rate=500, limit=10).finish()
    world.sink.refuse, world.sink.delay = None, 0.3
    world.sink.wait(copies=100)
    world.database.kill()
    time.sleep(2)
    world.sink.delay = 0
    world.database.start()
    world.note(replies=load.replies)


def node_killed(world):
    """Two nodes on one database; one is killed under load and the other takes its mail over."""
    first, second = world.relay().start(), world.relay().start()
    load = world.load(4000, rate=400, limit=60)
    load.wait(accepted=400)
    world.sink.delay = 0.5                       # so that the node dies with much in its hands
    time.sleep(1)
    first.kill()
    world.sink.delay = 0
    held = _lease_ended(world)
    world.note(held=held)
    world.expect(held > 0, "the killed node held nothing")
    load.wait(accepted=load.accepted + 200)
    load.stop()
    world.expect(second.alive, "the other node ended")


def node_paused(world):
    """Two nodes; one is stopped past its lease under load and goes on later: it carries nothing of what it lost."""
    config = {"delivery.site-connections": "2"}
    clocks = Woven(world, config=config)
    first = clocks.relay.start()
    second = world.relay(config, java_opts=first.java_opts)
    second.home = first.home
    second.start()
    load = world.load(10 ** 9, rate=300, limit=100, reply_timeout=30)
    load.wait(accepted=300)
    world.sink.delay = 0.3
    time.sleep(1)
    node = _oldest(world)
    first.pause()
    paused = time.monotonic()
    world.sink.delay = 0
    held = _count(world, f"owner = {node}")
    # a minute passes on both: the second sees it now, the first when it goes on
    with open(clocks.folder / "control", "a", encoding="ascii") as control:
        control.write("clock 61000 0\n")
    end = time.monotonic() + 15
    while _count(world, f"owner = {node}") and time.monotonic() < end:
        time.sleep(0.1)
    world.sink.wait(copies=world.sink.total() + 100)
    world.sink.delay = 0.5
    resumed = time.monotonic()
    first.resume()
    time.sleep(1)                                # so that nothing overtakes the news of its clock
    world.sink.delay = 0
    load.stop()
    world.note(held=held, paused_s=round(resumed - paused, 1))
    world.expect(second.alive and first.alive, "a node ended")
    # what was under way at the stop may come twice: two connections to each of eight hosts, and one more each
    world.crashes, world.window = [paused, resumed], resumed - paused
    world.lag = 1                                # the mail hosts were slow when it stopped, and its connections stand
    world.expect(held > 32, f"the paused node held {held} (expected: much more than it had under way)")
    world.most_duplicates = 32
    time.sleep(1)


def _lease_ended(world):
    """Puts the first node's lease into the past, as a minute of silence does; returns what it holds."""
    node = _oldest(world)
    held = _count(world, f"owner = {node}")
    world.database.sql(f"update node set lease_until = now() - interval '1 second' where id = {node}")
    return held


def _oldest(world):
    return world.database.sql("select id from node order by started_at limit 1")


def _count(world, condition):
    return int(world.database.sql(f"select count(*) from delivery where {condition}"))


CASES = {
    "postgres-killed": postgres_killed,
    "postgres-restarted": postgres_restarted,
    "postgres-backlog": postgres_backlog,
    "node-killed": node_killed,
    "node-paused": node_paused,
}
for _case in CASES.values():
    _case.storage = "postgresql"
