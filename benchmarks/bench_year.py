"""How a repository grows in a year of daily runs, in each of which one device in a hundred changes.

``python benchmarks/bench_year.py [--devices 2000] [--days 365] [--size 40000]``. Each day is one run with its
housekeeping, a day apart for it. Beside it stands an ideal: ``git repack -adf --window=250`` of a copy, which
nobody runs at night.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.rooms import Rooms
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from bench_cellar import SEED, access_switch, capture, commit, disk

DAY = 24 * 3600


def main() -> None:
    """A year of runs, then the same objects packed as well as Git can."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--size", type=int, default=40_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as room:
        cellar = Cellar(Path(room) / "cellar.git")
        print(f"{options.devices} devices of {options.size} bytes, {options.days} days, seed {SEED}")
        slowest = largest = 0.0
        for day in range(options.days):
            seconds = run(cellar, day, options.devices, options.size)
            slowest = max(slowest, seconds if day else 0.0)
            largest = max(largest, disk(cellar.repository))
            if day in (0, 1, 30, 90, 180, options.days - 1):
                print(f"day {day:3}: {disk(cellar.repository):7.1f} MB, run {seconds:5.2f} s")
        own = disk(cellar.repository)
        ideal = Path(room) / "ideal.git"
        shutil.copytree(cellar.repository, ideal)
        repack = ["git", f"--git-dir={ideal}", "repack", "-adfq", "--window=250", "--depth=50"]
        subprocess.run(repack, check=True)
        print(f"slowest run after the first {slowest:.2f} s, never more than {largest:.1f} MB")
        print(f"netcellar {own:.1f} MB | ideal repack {disk(ideal):.1f} MB | ratio {own / disk(ideal):.2f}")


def run(cellar: Cellar, day: int, devices: int, size: int) -> float:
    """One day's run, in seconds; the housekeeping believes that a day has passed."""
    staging, when = (
        Staging(cellar.repository),
        f"{2026 + day // 336}-{day // 28 % 12 + 1:02d}-{day % 28 + 1:02d}T02:00:00Z",
    )
    staging.open(f"run-{day}", Owner.of(os.getpid()))
    for number in range(devices) if day == 0 else range(day % 100, devices, 100):
        text = access_switch(number, size, day)
        staging.write(replace(capture(number, text, 0), run=f"run-{day}", captured_at=when))
    tidied = Rooms(cellar.repository).own / "tidied"
    if tidied.exists():
        os.utime(tidied, (time.time() - DAY, time.time() - DAY))
    started = time.perf_counter()
    commit(cellar, day)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
