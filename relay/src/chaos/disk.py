"""A disk with faults under a relay (disk.c), and file systems of our own."""
import pathlib
import random
import struct
import subprocess

from relay import HERE

RECORD = struct.Struct("<QQQQI4x")
TRUNCATION = (1 << 64) - 1


class FaultyDisk:
    """The library under one relay: its environment, its faults, and power cuts."""

    def __init__(self, world, undo=False):
        self.library, self.control = world.dir / "disk.so", world.dir / "disk.control"
        self.undo = world.dir / "undo"
        self.faults()
        self.undo.mkdir(exist_ok=True)
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", str(self.library), str(HERE / "disk.c"), "-ldl"],
                       check=True)
        self.environment = {"LD_PRELOAD": str(self.library), "DISK_FOLDER": str(world.data),
                            "DISK_CONTROL": str(self.control)}
        if undo:
            self.environment["DISK_UNDO"] = str(self.undo)

    def faults(self, sync_ms=0, write_errno=0, sync_errno=0):
        """From now on; without arguments: a sound disk."""
        mode = "r+b" if self.control.exists() else "wb"
        with open(self.control, mode) as file:
            file.write(struct.pack("<iii", sync_ms, write_errno, sync_errno))

    def power_cut(self, seed):
        """After a kill: of the writes since each file's last sync, some reach the disk, one of them torn.

        Returns (writes since the last sync, of them kept, files that vanish).
        """
        chance, unsynced, kept, vanished = random.Random(seed), 0, 0, 0
        for journal in sorted(self.undo.glob("folder-*")):
            for path in journal.read_text().splitlines():
                if chance.random() < 0.5 and pathlib.Path(path).exists():
                    pathlib.Path(path).unlink()
                    vanished += 1
        for journal in sorted(self.undo.glob("file-*")):
            records = list(_records(journal.read_bytes()))
            if records and pathlib.Path(records[0][0]).exists():
                unsynced += len(records)
                kept += _take_back(records, chance)
        for journal in self.undo.iterdir():
            journal.unlink()
        return unsynced, kept, vanished


def _records(data):
    at = 0
    while at + RECORD.size <= len(data):
        offset, length, old_length, old_size, path = RECORD.unpack_from(data, at)
        end = at + RECORD.size + path + old_length
        if end > len(data):
            return                               # killed while noting it: the write never began
        name = data[at + RECORD.size:at + RECORD.size + path].decode()
        yield name, offset, length, data[end - old_length:end], old_size
        at = end


def _take_back(records, chance):
    """Back to the last sync, then the writes that made it: in order up to one moment, or any of them."""
    with open(records[0][0], "r+b") as file:
        after = []
        for _, offset, length, old, old_size in reversed(records):
            if length == TRUNCATION:
                after.append(None)
            else:
                file.seek(offset)
                after.append(file.read(length))
            file.seek(offset)
            file.write(old)
            file.truncate(old_size)
        after.reverse()
        count = chance.randint(0, len(records))
        orderly = chance.random() < 0.5
        kept = set(range(count)) if orderly else set(chance.sample(range(len(records)), count))
        torn = max(kept) if kept else None
        for index in sorted(kept):
            offset, new = records[index][1], after[index]
            if new is None:
                file.truncate(offset)
                continue
            if index == torn and len(new) > 512:
                new = new[:512 * chance.randrange(1, (len(new) + 511) // 512)]
            file.seek(offset)
            file.write(new)
    return len(kept)


def tmpfs(folder, size):
    """The world's data folder moved onto a file system in memory."""
    _moved(folder, lambda: subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)], check=True))


def ext4(folder, image, size):
    """The world's data folder moved onto an ext4 of its own in a file."""
    def mount():
        subprocess.run(["truncate", "-s", size, str(image)], check=True)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
        subprocess.run(["mount", "-o", "loop", str(image), str(folder)], check=True)
    _moved(folder, mount)


def _moved(folder, mount):
    aside = folder.with_name(folder.name + ".aside")
    folder.rename(aside)
    folder.mkdir(mode=0o700)
    mount()
    subprocess.run(["cp", "-a", f"{aside}/.", str(folder)], check=True)
    subprocess.run(["sync", "-f", str(folder)], check=True)
