#!/usr/bin/env python3
"""A network between two namespaces: the one it was started in and one of its own, joined by two tun devices that this
program copies packets between, or loses, delays and resets them as it is told. So it needs nothing of the kernel but tun:
many a kernel has no netem.

As a program: link.py SEED; it reads a JSON object with new settings from each line of its input and answers with a line.

    loss   the share of packets, in either direction, that is lost
    delay  seconds that each packet takes
    down   whether every packet is lost
    reset  whether every packet of TCP is answered with RST instead (RFC 9293 §3.10.7.1)
"""
import ctypes
import fcntl
import heapq
import json
import os
import pathlib
import random
import select
import struct
import subprocess
import sys
import time

NEAR, FAR, HOSTS = "10.53.0.1", "10.53.1.", range(2, 10)
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
CLONE_NEWNET = 0x40000000
FIN, SYN, RST, ACK = 1, 2, 4, 16


class Link:
    """That program, started, and the path of the far namespace."""

    def __init__(self, seed):
        self.process = subprocess.Popen([sys.executable, __file__, str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)
        self.process.stdout.readline()
        self.namespace = f"/proc/{self.process.pid}/ns/net"

    def set(self, **settings):
        """Changes the settings, and returns how many packets were copied, lost and reset until now."""
        self.process.stdin.write(json.dumps(settings) + "\n")
        return json.loads(self.process.stdout.readline())


def enter(namespace):
    """Moves this thread, and no other, to a network namespace."""
    with open(namespace, "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns to {namespace}")


def tun(name, *addresses):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    for address in addresses:
        subprocess.run(["ip", "address", "add", f"{address}/16", "dev", name], check=True)
    subprocess.run(["ip", "link", "set", name, "up"], check=True)
    return device


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def reset_of(packet):
    """The RST that answers a packet of TCP over IPv4; None for what gets none."""
    if packet[0] >> 4 != 4 or packet[9] != 6:
        return None
    head = (packet[0] & 15) * 4
    source, target, seq, ack, offset, flags = struct.unpack_from("!HHIIBB", packet, head)
    if flags & RST:
        return None
    if flags & ACK:
        seq, ack, answer = ack, 0, RST
    else:
        length = len(packet) - head - (offset >> 4) * 4 + bool(flags & SYN) + bool(flags & FIN)
        seq, ack, answer = 0, (seq + length) & 0xFFFFFFFF, RST | ACK
    addresses = packet[16:20] + packet[12:16]
    tcp = struct.pack("!HHIIBBHHH", target, source, seq, ack, 5 << 4, answer, 0, 0, 0)
    total = checksum(addresses + struct.pack("!BBH", 0, 6, 20) + tcp)
    tcp = tcp[:16] + struct.pack("!H", total) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, 0, 0, 64, 6, 0) + addresses
    return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp


def main(seed):
    luck = random.Random(seed)
    near = tun("near", NEAR)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    far = tun("far", *(f"{FAR}{n}" for n in HOSTS))
    other = {near: far, far: near}
    settings = {"loss": 0.0, "delay": 0.0, "down": False, "reset": False}
    counts = {"copied": 0, "lost": 0, "reset": 0}
    waiting, number = [], 0
    print("ready", flush=True)
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        ready, _, _ = select.select([near, far, 0], [], [], pause)
        if 0 in ready:
            line = sys.stdin.readline()
            if not line:
                return
            settings.update(json.loads(line))
            print(json.dumps(counts), flush=True)
        for device in (each for each in ready if each):
            packet = os.read(device, 65536)
            if settings["down"] or luck.random() < settings["loss"]:
                counts["lost"] += 1
            elif settings["reset"]:
                answer = reset_of(packet)
                if answer:
                    counts["reset"] += 1
                    os.write(device, answer)
            else:
                counts["copied"] += 1
                number += 1
                heapq.heappush(waiting, (time.monotonic() + settings["delay"], number, other[device], packet))
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, device, packet = heapq.heappop(waiting)
            try:
                os.write(device, packet)
            except BlockingIOError:
                counts["lost"] += 1


if __name__ == "__main__":
    main(int(sys.argv[1]))
