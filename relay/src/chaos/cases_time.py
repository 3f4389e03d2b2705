"""The clock jumps, and an hour goes by while the mail hosts refuse."""
import time

from woven import Woven

HOUR, DAY = 3600, 86400
STEP = 60


def jump(world, seconds):
    """Mail is coming in, in delivery and deferred when the wall clock jumps; it stays there."""
    woven = Woven(world)
    woven.relay.start()
    load = world.load(10 ** 9, rate=150, limit=100)
    load.wait(accepted=150)
    world.sink.refuse = "451 4.3.0 not now"
    load.wait(accepted=300)
    woven.clock(seconds)
    load.wait(accepted=450)
    world.sink.refuse = None
    load.wait(accepted=900)
    load.stop()


def clock_hour_forward(world):
    """The clock jumps an hour forward under load."""
    jump(world, HOUR)


def clock_hour_back(world):
    """The clock jumps an hour back under load; nobody waits an hour for the next attempt."""
    jump(world, -HOUR)


def clock_day_forward(world):
    """The clock jumps a day forward under load."""
    jump(world, DAY)


def clock_day_back(world):
    """The clock jumps a day back under load."""
    jump(world, -DAY)


def clock_back_at_start(world):
    """The relay is killed and starts again with its clock a day back."""
    woven = Woven(world)
    woven.control(f"clock {DAY * 1000} 0")
    woven.relay.start()
    load = world.load(10 ** 9, rate=150, limit=100)
    world.sink.refuse = "451 4.3.0 not now"
    load.wait(accepted=200)
    woven.relay.kill()
    woven.plain().start()
    world.sink.refuse = None
    load.wait(accepted=load.accepted + 200)
    load.stop()


def outage(world, begin, end):
    """An hour in steps of a minute with the usual retry schedule; then the mail hosts are back."""
    woven = Woven(world, config={"delivery.retry.first": "1m", "delivery.retry.longest": "4h"})
    woven.relay.start()
    begin()
    load = world.load(600, rate=200)
    load.finish()
    moved = 0
    while moved < HOUR or any(woven.relay.queue().values()):
        if moved == HOUR:
            before = world.sink.total()
            end()
        moved += STEP
        woven.clock(moved, moved)
        time.sleep(0.25)
        # the pause has grown to 64 minutes, or 128 for those that are deferred once more, and moves by a fifth
        world.expect(moved < 6 * HOUR, f"after {moved} s of moved time: {woven.relay.queue()}")
    world.expect(before == 0, f"{before} copies while the mail hosts refused")
    world.note(moved_seconds=moved)


def outage_refusing(world):
    """The mail hosts answer 451 for an hour of moved time."""
    def begin():
        world.sink.refuse = "451 4.3.0 not now"

    def end():
        world.sink.refuse = None
    outage(world, begin, end)


def outage_closed(world):
    """The mail hosts' ports are closed for an hour of moved time."""
    outage(world, world.sink.stop, world.sink.start)


outage_refusing.limit = outage_closed.limit = 300

CASES = {case.__name__.replace("_", "-"): case for case in (
    clock_hour_forward, clock_hour_back, clock_day_forward, clock_day_back, clock_back_at_start,
    outage_refusing, outage_closed)}
