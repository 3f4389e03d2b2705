"""The disk: full, read-only, slow, failing, and gone in the middle of a write."""
import errno
import os
import subprocess
import time

from disk import FaultyDisk, ext4, tmpfs


def _only_temporary(world, load):
    world.expect(load.replies and all(400 <= code < 500 for code in load.replies),
                 f"replies to what was refused: {load.replies} (expected: some, and 4xx only)")
    world.note(replies={str(code): count for code, count in load.replies.items()})


def _fill(folder, leave):
    """Takes all space but so many octets, against what others take; returns the file to remove."""
    ballast, block = folder / "ballast", bytes(1 << 18)
    with open(ballast, "wb", buffering=0) as file:
        while True:
            state = os.statvfs(folder)
            if state.f_bavail * state.f_frsize <= leave:
                return ballast
            try:
                file.write(block)
            except OSError:
                return ballast


def _full(world, min_free, leave):
    tmpfs(world.data, "64m")
    world.relay({"storage.min-free-disk": min_free}).start()
    load = world.load(4000, rate=400, limit=60)
    load.wait(accepted=300)
    ballast = _fill(world.data, leave)
    load.wait(refused=20)
    before = load.accepted
    time.sleep(2)
    world.note(accepted_while_full=load.accepted - before)
    ballast.unlink()
    _goes_on(world, load)
    _only_temporary(world, load)


def _goes_on(world, load, within=20):
    """The relay takes mail again by itself."""
    began, before = time.monotonic(), load.accepted
    load.wait(accepted=before + 100, timeout=within)
    world.note(recovered_s=round(time.monotonic() - began, 1))
    load.wait(accepted=before + 400, timeout=20)
    load.stop()


def disk_low(world):
    """Less than storage.min-free-disk is free, and more again."""
    _full(world, "24MiB", 20 << 20)


def disk_full(world):
    """Every write fails for want of space, and works again."""
    _full(world, "1KiB", 0)


def read_only(world):
    """Every write and sync fails with EROFS for three seconds."""
    _failing(world, write_errno=errno.EROFS, sync_errno=errno.EROFS)


def sync_fails(world):
    """Every sync fails with EIO for three seconds; writes seem to work."""
    _failing(world, sync_errno=errno.EIO)


def _failing(world, **faults):
    disk = FaultyDisk(world)
    world.relay(environment=disk.environment).start()
    load = world.load(4000, rate=400, limit=60)
    load.wait(accepted=300)
    disk.faults(**faults)
    load.wait(refused=20)
    time.sleep(3)
    disk.faults()
    _goes_on(world, load)
    _only_temporary(world, load)


def disk_aborted(world):
    """ext4 gives up and turns read-only; the file system is repaired and the relay started again."""
    image = world.dir / "disk.img"
    ext4(world.data, image, "192m")
    relay = world.relay().start()
    load = world.load(4000, rate=400, limit=60)
    load.wait(accepted=300)
    broken = time.monotonic()
    subprocess.run(["mount", "-o", "remount,abort", str(world.data)], check=False, capture_output=True)
    load.wait(refused=20)
    time.sleep(1)
    try:
        world.note(exit_code=relay.stop(6))
        relay.died()
    except subprocess.TimeoutExpired:
        world.note(exit_code="none in 6 s")
        relay.kill()
    world.window = relay.crashes[-1] - broken + 1        # nothing could be settled since
    world.doubt = True                                   # nor taken back
    subprocess.run(["umount", str(world.data)], check=True)
    subprocess.run(["e2fsck", "-fy", str(image)], check=False, capture_output=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(world.data)], check=True)
    relay.start()
    _goes_on(world, load)
    _only_temporary(world, load)


def slow_disk(world):
    """A sync takes 0.6 s for four seconds: new mail is turned away with 452, then taken again."""
    disk = FaultyDisk(world)
    world.relay({"storage.slow-commit": "500ms"}, environment=disk.environment).start()
    load = world.load(4000, rate=400, limit=60)
    load.wait(accepted=300)
    disk.faults(sync_ms=600)
    time.sleep(4)
    disk.faults()
    _goes_on(world, load)
    _only_temporary(world, load)


def power_cut(world):
    """Three power cuts under load: of what was not synced some is on the disk, the last of it torn."""
    disk = FaultyDisk(world, undo=True)
    disk.faults(sync_ms=25)                              # so that a cut finds something not synced
    relay = world.relay(environment=disk.environment).start()
    load = world.load(4000, rate=400, limit=60)
    seed, cuts = time.time_ns(), []
    for cut in range(3):
        load.wait(accepted=load.accepted + 120)
        relay.kill()
        cuts.append(disk.power_cut(seed + cut))
        relay.start()
    load.wait(accepted=load.accepted + 120)
    load.stop()
    world.note(seed=seed, unsynced=[c[0] for c in cuts], kept=[c[1] for c in cuts], vanished=[c[2] for c in cuts])


CASES = {
    "disk-low": disk_low,
    "disk-full": disk_full,
    "read-only": read_only,
    "sync-fails": sync_fails,
    "disk-aborted": disk_aborted,
    "slow-disk": slow_disk,
    "power-cut": power_cut,
}
