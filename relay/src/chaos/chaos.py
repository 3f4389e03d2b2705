#!/usr/bin/env python3
"""Breaks things under a relay that carries mail, and checks that no mail was lost.

    chaos.py [--runs N] [--jobs N] [--only CASE,CASE] [--out FILE] [--keep]
    chaos.py --list

One JSON line for each run goes to the output file, a table and `N passed, N failed` to the
terminal. Needs root, for namespaces. Runs that failed keep their folder.
"""
import argparse
import importlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed

from relay import HERE, HOME
from woven import agent
from world import World, prepare

WORK = pathlib.Path(os.environ.get("WORK", "/var/tmp/waybill-chaos"))
MODULES = [path.stem for path in sorted(HERE.glob("cases_*.py"))]
COLUMNS = ["messages", "accepted", "refused", "unknown", "delivered", "bounced", "suppressed",
           "lost", "duplicates", "double_settled", "missing_events"]
RUN_LIMIT = 150


def cases():
    """{name: case}; a module's CASES maps names to functions of a world.

    A function may carry attributes: storage ("h2" or "postgresql"), drain and limit (seconds to
    drain, and for the whole run).
    """
    return {name: case for module in MODULES for name, case in importlib.import_module(module).CASES.items()}


def prepared(storage):
    """The prepared folder for this build, made at the first call."""
    stamp = int((HOME / "lib" / "waybill.jar").stat().st_mtime)
    folder = WORK / f"prepared-{storage}-{stamp}"
    if not (folder / "zone.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        apart(["--prepare", storage, "--folder", str(folder)], check=True)
    return folder


def apart(arguments, **how):
    """This program again, in namespaces of its own, whose end is the end of all it started."""
    return subprocess.run(
        ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
         sys.executable, str(HERE / "chaos.py"), *arguments], **how)


def one(name, folder):
    """One run of a case inside its namespaces; prints its JSON line."""
    case = cases()[name]
    began, line = time.monotonic(), {}
    try:
        storage = getattr(case, "storage", "h2")
        world = World(folder, storage, prepared(storage))
        case(world)
        line = world.verdict(getattr(case, "drain", 30))
    except Exception:  # pylint: disable=broad-except
        line = {"problems": [traceback.format_exc()]}
    line["seconds"] = round(time.monotonic() - began, 1)
    line["pass"] = not line["problems"]
    print(json.dumps(line), flush=True)
    os._exit(0)


def run(name, number, keep):
    case = cases()[name]
    limit = getattr(case, "limit", RUN_LIMIT)
    prepared(getattr(case, "storage", "h2"))
    folder = WORK / "runs" / f"{os.getpid()}-{name}-{number}"
    try:
        done = apart(["--one", name, "--folder", str(folder)], capture_output=True, text=True, timeout=limit)
        line = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        line = {"problems": [f"not done after {limit} s"], "seconds": limit, "pass": False}
    except (IndexError, ValueError):
        line = {"problems": [done.stdout + done.stderr], "seconds": 0, "pass": False}
    if line["pass"] and not keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        line["folder"] = str(folder)
    return {"case": name, "run": number, **line}


def table(lines):
    width = max(len(line["case"]) for line in lines) + 2
    print("\n" + "case".ljust(width) + " runs pass " + " ".join(c.rjust(14) for c in COLUMNS) + "  seconds")
    for name in dict.fromkeys(line["case"] for line in lines):
        mine = [line for line in lines if line["case"] == name]
        print(name.ljust(width) + f"{len(mine):5}{sum(line['pass'] for line in mine):5} "
              + " ".join(str(sum(line.get(c, 0) for line in mine)).rjust(14) for c in COLUMNS)
              + f"{sum(line['seconds'] for line in mine):9.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument("--only", default="")
    parser.add_argument("--out")
    parser.add_argument("--keep", action="store_true", help="keep the folders of all runs")
    parser.add_argument("--list", action="store_true")
    for hidden in ("--one", "--prepare", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(1))      # the kernel ends the runs under way
    if options.one:
        one(options.one, options.folder)
    elif options.prepare:
        prepare(options.folder, options.prepare)
        os._exit(0)
    elif options.list:
        for name, case in cases().items():
            print(f"{name:24} {(case.__doc__ or '').strip().splitlines()[0]}")
    else:
        known = cases()
        wanted = [name for name in options.only.split(",") if name] or list(known)
        strangers = [name for name in wanted if name not in known]
        if strangers:
            sys.exit(f"no such case: {', '.join(strangers)}; chaos.py --list shows them")
        WORK.mkdir(parents=True, exist_ok=True)
        out = pathlib.Path(options.out or WORK / "results.jsonl")
        lines = []
        agent()
        for storage in {getattr(known[name], "storage", "h2") for name in wanted}:
            prepared(storage)
        with ThreadPoolExecutor(options.jobs) as pool:
            runs = [pool.submit(run, name, number, options.keep)
                    for number in range(1, options.runs + 1) for name in wanted]
            for done in as_completed(runs):
                line = done.result()
                lines.append(line)
                with open(out, "a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(json.dumps(line), flush=True)
        lines.sort(key=lambda line: wanted.index(line["case"]))
        table(lines)
        passed = sum(line["pass"] for line in lines)
        print(f"{passed} passed, {len(lines) - passed} failed")
        sys.exit(passed != len(lines))


if __name__ == "__main__":
    main()
