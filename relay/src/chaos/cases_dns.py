"""The DNS lies, keeps silent, or is started afresh.

Only two of its words may end a message: that a domain does not exist, and the null MX (RFC 5321
5.1, RFC 7505 3); we cannot know that they are lies. Everything else only delays.
"""
import time

from nameserver import NameServer

FOR_SECONDS = 6           # and until 300 messages were accepted meanwhile


def lied_to(world, lie, about=lambda name: name.endswith("bench.example")):
    """Lies from before the first question; the truth again after some seconds."""
    world.stop_dns()
    server = NameServer(world.zone)
    server.lie = lambda name, kind: lie if about(name) else "truth"
    world.relay().start()
    load = world.load(10 ** 9, rate=150, limit=60)
    time.sleep(FOR_SECONDS)
    load.wait(accepted=300)
    before = load.accepted
    server.lie = None
    load.wait(accepted=before + 300)
    load.stop()
    world.expect(server.asked > 0, "nobody asked")
    world.note(lies=server.asked)


def dns_silent(world):
    """The DNS does not answer for some seconds."""
    lied_to(world, "silent")


def dns_servfail(world):
    """The DNS answers SERVFAIL for some seconds."""
    lied_to(world, "servfail")


def dns_garbage(world):
    """The DNS answers with random octets."""
    lied_to(world, "garbage")


def dns_wrong_id(world):
    """Answers with another id, as a forger sends them, say that no domain exists."""
    lied_to(world, "wrong_id")


def dns_wrong_question(world):
    """Answers to another question say that no domain exists."""
    lied_to(world, "wrong_question")


def dns_truncated(world):
    """Every answer over UDP is truncated; the truth is to be had over TCP."""
    lied_to(world, "truncated")


def dns_loop(world):
    """Every name is an alias in a loop."""
    lied_to(world, "loop")


def dns_forbidden(world):
    """Every mail host has addresses at which there can be none."""
    lied_to(world, "forbidden")


dns_forbidden.drain = 60      # such a site is left alone for half a minute, and some of its mail is then deferred once


def final(world, lie):
    """Some domains get a word that ends mail; only their mail may bounce."""
    doomed = ("d07.bench.example", "d08.bench.example")
    lied_to(world, lie, lambda name: name in doomed)
    for recipient in world.load_.ended:
        if recipient.endswith(doomed):
            world.sink.rejected[recipient] = 1


def dns_nxdomain(world):
    """The DNS says of two domains that they do not exist."""
    final(world, "nxdomain")


def dns_null_mx(world):
    """The DNS says of two domains that they take no mail."""
    final(world, "nullmx")


def dns_restart(world):
    """The DNS server ends and starts again under load, five times."""
    world.relay().start()
    load = world.load(10 ** 9, rate=150, limit=60)
    for _ in range(5):
        load.wait(accepted=load.accepted + 60)
        world.stop_dns()
        time.sleep(0.7)
        world.start_dns()
    load.wait(accepted=load.accepted + 100)
    load.stop()


CASES = {case.__name__.replace("_", "-"): case for case in (
    dns_silent, dns_servfail, dns_garbage, dns_wrong_id, dns_wrong_question, dns_truncated, dns_loop,
    dns_forbidden, dns_nxdomain, dns_null_mx, dns_restart)}
