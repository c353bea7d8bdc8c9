"""CPU, speed and memory of a capture, beside other ways to read the same devices in the same run.

``python benchmarks/bench_capture.py [--devices 2000] [--size 40000] [--concurrency 500] [--rounds 3]``. The devices are
simulated in a process of their own, and each contender runs in one of its own, so only the client's work is counted.
The peers (the dependency group ``bench``, which ``make bench`` installs) read fewer devices where they are slow. The
second table is one device with ever larger configurations: the price of a byte must not grow with their number.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What is imported below lies in this checkout, or imports what does.
sys.path.insert(0, str(ROOT))

from benchmarks.contenders import Estate  # noqa: E402

CONTENDERS = {
    "netcellar": ("contenders", "netcellar"),
    "plain asyncssh": ("contenders", "plain_asyncssh"),
    "scrapli + asyncssh": ("peers", "scrapli_asyncssh"),
    "nornir + netmiko": ("peers", "nornir_netmiko"),
}
# How many devices those get at most that are slow.
FEWER = {"scrapli + asyncssh": 500, "nornir + netmiko": 100}
# Of a device with 40 KB, and of a run with 2,000 devices.
MOST_CPU_MS, MOST_PEAK_MB = 7.0, 200
PATIENCE_SECONDS = 240
LARGE = (1_000_000, 5_000_000)


def contend(options: argparse.Namespace) -> None:
    """Run one contender and print its figures as JSON."""
    hosts = json.loads(options.inventory.read_text())["all"]["hosts"]
    hosts = dict(list(hosts.items())[: options.devices])
    estate = Estate(hosts, options.inventory.with_suffix(".known_hosts"), options.concurrency, options.size)
    module, name = CONTENDERS[options.contender]
    read: Callable[[Estate], int] = getattr(importlib.import_module(f"benchmarks.{module}"), name)
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    done = read(estate)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"done": done, "cpu": cpu, "wall": wall, "peak": after.ru_maxrss / 1024}))


@contextlib.contextmanager
def devices(count: int, size: int) -> Iterator[Path]:
    """Simulated devices in a process of their own; gives their inventory."""
    with tempfile.TemporaryDirectory() as room:
        inventory = Path(room) / "lab.yml"
        command = [sys.executable, "-m", "netcellar.demo.serve", "--write-inventory", str(inventory)]
        command += ["--count", str(count), "--size", str(size), "--platform", "cisco_ios"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as lab:
            try:
                assert lab.stdout is not None
                lab.stdout.readline()
                yield inventory
            finally:
                lab.terminate()


def compare(options: argparse.Namespace) -> bool:
    """The first table. Gives whether ours is within its limits."""
    print(f"{options.devices} devices, {options.size} bytes each, concurrency {options.concurrency}")
    print(f"{'':<20}{'CPU ms/device':>15}{'devices/min':>13}{'peak MB':>9}{'read whole':>14}")
    good = True
    with devices(options.devices, options.size) as inventory:
        for name in CONTENDERS:
            if CONTENDERS[name][0] == "peers" and importlib.util.find_spec("scrapli") is None:
                print(f"{name:<20}{'not installed: make bench installs it':>45}")
                continue
            count = min(options.devices, FEWER.get(name, options.devices))
            try:
                figures = measure(options, name, inventory, count, options.size)
            except subprocess.TimeoutExpired:
                print(f"{name:<20}{f'did not end within {PATIENCE_SECONDS} s':>45}", flush=True)
                continue
            cpu = 1000 * figures["cpu"] / count
            told = f"{figures['done']} of {count}"
            speed = 60 * count / figures["wall"]
            print(f"{name:<20}{cpu:>15.2f}{speed:>13.0f}{figures['peak']:>9.0f}{told:>14}", flush=True)
            if name == "netcellar":
                good = cpu <= MOST_CPU_MS and figures["peak"] <= MOST_PEAK_MB and figures["done"] == count
    print(f"limits of netcellar: {MOST_CPU_MS:g} ms, {MOST_PEAK_MB} MB: {'kept' if good else 'NOT KEPT'}")
    return good


def grow(options: argparse.Namespace) -> None:
    """The second table: one device, ever larger."""
    print(f"\none device{'':<10}{'CPU ms':>15}{'CPU ms/MB':>13}{'peak MB':>9}{'read whole':>14}")
    for size in LARGE:
        with devices(1, size) as inventory:
            figures = measure(options, "netcellar", inventory, 1, size)
        cpu, told = 1000 * figures["cpu"], f"{figures['done']} of 1"
        print(f"{size // 1_000_000} MB{'':<16}{cpu:>15.0f}{cpu * 1e6 / size:>13.1f}{figures['peak']:>9.0f}{told:>14}")


def measure(options: argparse.Namespace, name: str, inventory: Path, count: int, size: int) -> dict[str, float]:
    """The round with the median of the CPU time."""
    command = [sys.executable, __file__, "--contender", name, "--inventory", str(inventory)]
    command += ["--concurrency", str(min(options.concurrency, count)), "--devices", str(count), "--size", str(size)]
    rounds: list[dict[str, float]] = []
    for _ in range(options.rounds):
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=PATIENCE_SECONDS)
        rounds.append(json.loads(done.stdout.splitlines()[-1]))
    median: int = options.rounds // 2
    return sorted(rounds, key=lambda figures: figures["cpu"])[median]


def main() -> int:
    """Run every contender ``--rounds`` times and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--size", type=int, default=40_000)
    parser.add_argument("--concurrency", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--inventory", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        contend(options)
        return 0
    good = compare(options)
    grow(options)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
