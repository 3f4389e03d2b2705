"""The network between the relay and the mail hosts loses packets, delays them, breaks and resets connections."""
import random
import time

from link import FAR, HOSTS, Link
from sink import Sink

LIMITS = {f"delivery.timeouts.{step}": "6s" for step in ("connect", "banner", "handshake", "mail", "rcpt", "data", "block", "end")}


def beyond(world, seed):
    """Moves the mail hosts to the far end of a link, and starts the relay at the near one."""
    world.sink.stop()
    link = Link(seed)
    world.sink = Sink(namespace=link.namespace).start()
    for record in world.zone:
        name = record["name"]
        if record["type"] == "A" and name.startswith("mx") and name.endswith(".bench.example"):
            record["value"] = FAR + str(HOSTS[int(name[2:4]) - 1])
    world.stop_dns()
    world.start_dns()
    world.relay({"delivery.allow-networks": "127.0.0.0/8,10.53.0.0/16", **LIMITS}).start()
    return link


def end(world, link, load):
    """The network is whole again for what waits."""
    load.stop()
    counts = link.set(loss=0.0, delay=0.0, down=False, reset=False)
    world.note(**{f"packets_{name}": count for name, count in counts.items()})


def network_loss(world):
    """Packets take 100 ms each way, 5 % of them are lost, then 20 %."""
    link = beyond(world, 1)
    link.set(delay=0.1, loss=0.05)
    load = world.load(10 ** 9, rate=100, limit=60)
    load.wait(accepted=1000)
    link.set(loss=0.2)
    load.wait(accepted=2000)
    end(world, link, load)


def network_partition(world):
    """The network is away for seconds, at moments that nobody foresees; once for longer than a host is waited for."""
    link, luck = beyond(world, 2), random.Random(2)
    link.set(delay=0.01)
    load = world.load(10 ** 9, rate=100, limit=60)
    for seconds in (1, 2, 8, 3):
        time.sleep(luck.uniform(1, 4))
        link.set(down=True)
        time.sleep(seconds)
        link.set(down=False)
    load.wait(accepted=2500)
    end(world, link, load)


def network_reset(world):
    """All connections are reset, again and again."""
    link, luck = beyond(world, 3), random.Random(3)
    link.set(delay=0.01)
    load = world.load(10 ** 9, rate=100, limit=60)
    for _ in range(12):
        time.sleep(luck.uniform(0.5, 2))
        link.set(reset=True)
        time.sleep(0.2)
        link.set(reset=False)
    load.wait(accepted=2000)
    end(world, link, load)


for each in (network_loss, network_partition, network_reset):
    each.drain = 90      # a site whose hosts all failed is closed for half a minute, then for twice as long

CASES = {case.__name__.replace("_", "-"): case for case in (network_loss, network_partition, network_reset)}
