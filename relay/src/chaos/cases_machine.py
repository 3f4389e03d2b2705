"""The machine: stops, memory, file descriptors."""


def sigterm(world):
    """SIGTERM under load, and a start: nothing lost, nothing twice."""
    relay = world.relay().start()
    load = world.load(1500, rate=500)
    load.wait(accepted=400)
    code = relay.stop()
    world.expect(code in (0, 143), f"exit code {code}")
    relay.start()
    load.wait(accepted=900)
    relay.stop()
    relay.start()


CASES = {"sigterm": sigterm}
