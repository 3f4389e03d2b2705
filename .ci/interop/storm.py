#!/usr/bin/env python3
"""Kills a relay in a storm of clicks and looks whether one that was in the journal is missing after the next start.

Usage: storm.py WAYBILL DATA_DIR
"""

import json
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request

CLIENTS = 4
PIPELINED = 50


def main(waybill, folder):
    process, access = start(waybill, folder)
    try:
        host, path = click(access)
        for _ in range(CLIENTS):
            threading.Thread(target=storm, args=(host, path), daemon=True).start()
        until(lambda: len(recorded(access, 1000)) == 1000)
        before = recorded(access, 1000)
    finally:
        process.kill()
        process.wait()
    process, access = start(waybill, folder)
    try:
        after = recorded(access, sys.maxsize)
    finally:
        process.terminate()
        process.wait()
    print(f"{len(before)} clicks seen before the kill, {len(after)} after the restart")
    missing = before - after
    if missing:
        sys.exit(f"{len(missing)} are missing: {sorted(missing)[:5]}")


def start(waybill, folder):
    ready = pathlib.Path(folder, "sandbox.json")
    ready.unlink(missing_ok=True)
    process = subprocess.Popen(
        [waybill, "sandbox", "--data-dir", folder, "--port-base", "0"], stdout=subprocess.DEVNULL
    )
    until(lambda: ready.exists() and ready.read_text().rstrip().endswith("}"))
    return process, json.loads(ready.read_text())


def click(access):
    """Where a tracked link of the sandbox's mail leads."""

    def found():
        for letter in get(access["inbox"] + "api/messages"):
            raw = text(access["inbox"] + "api/messages/" + letter["id"] + "/raw")
            link = re.search(r"http://([\d.:]+)(/c/[\w-]+)", raw.replace("=\r\n", "").replace("=\n", ""))
            if link:
                return link.group(1), link.group(2)
        return None

    return until(found)


def storm(host, path):
    """Follows the link again and again until nobody answers."""
    address, port = host.split(":")
    requests = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * PIPELINED
    try:
        with socket.create_connection((address, int(port))) as connection:
            while True:
                connection.sendall(requests)
                answered = 0
                while answered < PIPELINED:
                    octets = connection.recv(65536)
                    if not octets:
                        return
                    answered += octets.count(b"HTTP/1.1 302")
    except OSError:
        return


def recorded(access, most):
    """The ids of the clicks in the journal, newest first, about so many at most."""
    ids, after = set(), ""
    while len(ids) < most:
        page = get(
            access["admin"]["url"] + "/events?limit=1000&type=email.clicked" + after,
            access["admin"]["api_key"],
        )
        ids.update(str(event["id"]) for event in page["data"])
        if not page["data"] or not page.get("has_more"):
            break
        after = "&after=" + str(page["data"][-1]["id"])
    return ids


def get(url, key=None):
    return json.loads(text(url, key))


def text(url, key=None):
    request = urllib.request.Request(url, headers={"Authorization": "Bearer " + key} if key else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode("latin-1")


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            sys.exit("waited in vain")
        time.sleep(0.1)


main(*sys.argv[1:])
