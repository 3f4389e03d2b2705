"""The process ends, or a step of it fails, at every step of accepting, settling, claiming, sweeping."""
import os
import random
import time

import points as at
from woven import Woven

LIVES = int(os.environ.get("CHAOS_LIVES", "300"))


def series(world, points, hit, rate=300, prepare=None):
    """One life after another on one data folder under load; each ends at the next point."""
    woven = Woven(world, points)
    woven.plain().start()
    load = world.load(10 ** 9, rate=rate, limit=10 ** 6)
    load.wait(accepted=50)
    woven.relay.kill()
    woven.weave()
    for point in points:
        woven.arm(point, "kill", hit(point) if callable(hit) else hit)
        woven.relay.start(wait=False)
        if prepare:
            woven.relay.wait_ready()
            prepare(woven)
        woven.wait_killed()
    woven.plain().start()
    load.wait(accepted=load.accepted + 50)
    load.stop()
    world.note(lives=len(points) + 1)


def kill_accept(world):
    """Killed at each step of accepting."""
    series(world, at.ACCEPT_BEFORE + at.BEFORE_COMMIT + at.AFTER_COMMIT + at.AFTER_SYNC + at.ACCEPT_AFTER, 20)


def kill_settle(world):
    """Killed at each step from the mail host's 250 to the end of the settlement."""
    world.sink.delay = 0.02
    series(world, at.SETTLE_BEFORE + at.BEFORE_COMMIT + at.AFTER_COMMIT + at.AFTER_SYNC + at.SETTLE_AFTER,
           lambda point: 3 if "postpone" in point else 35)


def kill_claim(world):
    """Killed at each step of starting again and of bringing deferred mail back into memory."""
    series(world, at.START + at.CLAIM, lambda point: 1 if point in at.START else 2)


def kill_sweep(world):
    """Killed at each step of removing bodies that nobody needs any more."""
    def sweep(woven):
        world.load_.wait(accepted=world.load_.accepted + 60)
        woven.sweep()
    series(world, at.SWEEP, 1, prepare=sweep)


def kill_random(world):
    """300 times kill -9 at any moment of 0.3 to 2 s under load, on one data folder."""
    chance = random.Random(os.environ.get("CHAOS_SEED"))
    relay = world.relay().start()
    load = world.load(10 ** 9, rate=400, limit=10 ** 6)
    for life in range(LIVES):
        time.sleep(chance.uniform(0.3, 2))
        relay.kill()
        relay.start()
    load.stop()
    world.note(lives=LIVES + 1)


def failing(world, points, actions):
    """One life under load in which each step fails, once and then ten times in a row."""
    woven = Woven(world, points)
    woven.relay.start()
    load = world.load(10 ** 9, rate=300, limit=10 ** 6)
    failures = 0
    for point in points:
        for action in actions:
            for times in (1, 10):
                load.wait(accepted=load.accepted + 20)
                woven.arm(point, action, 3, times)
                woven.wait_fired(times)
                failures += times
    load.wait(accepted=load.accepted + 100)
    load.stop()
    world.note(failures=failures)
    return woven


def fail_accept(world):
    """Each step of accepting fails by a fault of ours or of the storage, before the commit."""
    failing(world, at.ACCEPT_BEFORE + at.BEFORE_COMMIT, ["runtime"])


def fail_accept_storage(world):
    """As fail_accept, with errors of the storage."""
    failing(world, [p for p in at.ACCEPT_BEFORE + at.BEFORE_COMMIT if "Store" in p or "Commit" in p], ["sql"])


def fail_settle(world):
    """Each step of settling fails by a fault of ours: never a bounce, nothing twice, and a start frees what was held."""
    # a fault before the copy is sent holds the delivery; what is told to nobody is retried until it is written
    points = [p for p in at.SETTLE_BEFORE + at.SETTLE_AFTER if p not in at.OUT_OF_HANDS]
    relay = failing(world, points, ["runtime"]).relay
    end = time.monotonic() + 20
    while sum(count for state, count in relay.queue().items() if state != "held") and time.monotonic() < end:
        time.sleep(0.2)
    world.note(held=relay.queue().get("held", 0))
    relay.stop()
    relay.start()


kill_random.limit = 150 + 6 * LIVES
for _series in (kill_accept, kill_settle, kill_claim, kill_sweep, fail_accept, fail_accept_storage, fail_settle):
    _series.limit = 400

CASES = {case.__name__.replace("_", "-"): case for case in (
    kill_accept, kill_settle, kill_claim, kill_sweep, kill_random, fail_accept, fail_accept_storage, fail_settle)}
