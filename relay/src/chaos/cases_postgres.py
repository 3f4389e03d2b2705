"""PostgreSQL: the server gone and back, and two nodes on one database."""
import time


def _gone(world, end):
    world.relay().start()
    load = world.load(4000, rate=300, limit=16)
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
    load = world.load(4000, rate=400, limit=16)
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
    """Two nodes; one is stopped past its lease under load and goes on later: it settles nothing of what it lost."""
    first, second = world.relay().start(), world.relay().start()
    load = world.load(4000, rate=400, limit=25, reply_timeout=25)
    load.wait(accepted=400)
    world.sink.delay = 0.5
    time.sleep(1)
    paused = time.monotonic()
    first.pause()
    world.sink.delay = 0
    held = _lease_ended(world)
    end = time.monotonic() + 15
    while held and _count(world, f"owner = {world.notes['node']}") and time.monotonic() < end:
        time.sleep(0.1)
    load.stop() if load.running else None
    first.resume()
    world.note(held=held, paused_s=round(time.monotonic() - paused, 1))
    world.expect(held > 0, "the paused node held nothing")
    world.expect(second.alive and first.alive, "a node ended")
    time.sleep(2)


def _lease_ended(world):
    """Puts the first node's lease into the past, as a minute of silence does; returns what it holds."""
    node = world.database.sql("select id from node order by started_at limit 1")
    held = _count(world, f"owner = {node}")
    world.database.sql(f"update node set lease_until = now() - interval '1 second' where id = {node}")
    world.note(node=node)
    return held


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
