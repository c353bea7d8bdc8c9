"""Wall time of questions to large repositories, as typed, beside plain Git: each of our figures with its limit.

``python benchmarks/bench_questions.py [--commits 20000] [--devices 500] [--fleet 10000] [--size 40000]``. One
repository has many commits of few devices, the other one commit of a large fleet, as our own commit engine writes it.
Each command runs several times, start of Python and all; the best and the median are told.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.netcellar.backup.plugins.plugin_utils.blobs import blob_id
from ansible_collections.netcellar.backup.plugins.plugin_utils.care import care
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.fastimport import Changes, commit_stream, whole_stream
from ansible_collections.netcellar.backup.plugins.plugin_utils.gitprocess import Git
from ansible_collections.netcellar.backup.plugins.plugin_utils.index import INDEX_REF, Entry, index_changes
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from bench_cellar import SEED, capture, commit

SIZE_IN_HISTORY = 10_000
FIRST = 1_700_000_000
HOUR = 3600
TURNS = 7


def configuration(number: int, size: int) -> str:
    """A text of about ``size`` bytes, without a server of time; every third line is the device's own."""
    own = random.Random(f"{SEED}/{number}")
    lines = [f"hostname r{number}", "! version 0"]
    for port in range(size // 60):
        word = own.randbytes(9).hex() if port % 3 == 0 else f"shared{port:06d}x"
        lines += [f"interface Ethernet{port // 48}/{port % 48}", f" description {word}", " no shutdown"]
    return "\n".join([*lines, "end", ""])


def path_of(number: int) -> str:
    """Where a device's file is."""
    return f"backups/r{number}.running-config"


def deep(repository: Path, devices: int, count: int) -> None:
    """A repository in which each commit after the first changes a line of one device."""
    git = Git(repository)
    subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", repository], check=True)
    texts = [configuration(number, SIZE_IN_HISTORY).encode() for number in range(devices)]
    git.feed("fast-import", "--quiet", "--done", "--date-format=raw", stdin=whole_stream(commits(texts, count)))
    assert care(git) == ""


def commits(texts: list[bytes], count: int) -> Iterator[Iterator[bytes]]:
    """The commits of the branch, then the one of the index."""
    chance = random.Random(SEED)
    for turn in range(count):
        changed = range(len(texts)) if turn == 0 else [chance.randrange(len(texts))]
        for number in changed:
            texts[number] = texts[number].replace(texts[number].split(b"\n")[1], b"! version %d" % turn)
        write = {path_of(number): (lambda text=texts[number]: text) for number in changed}
        words = f"backup: {len(write)} of {len(texts)} devices changed\n\nNetcellar-Run: run-{turn}\n"
        # In one stream, a branch goes on from its last commit by itself. Its blobs are all readers, a narrower dict.
        yield commit_stream("refs/heads/main", None, Changes(write), signature(turn), words)  # type: ignore[arg-type]
    entries = [
        Entry(f"id-{number}", "running", f"r{number}", path_of(number), blob_id(text), "", "", "run-0")
        for number, text in enumerate(texts)
    ]
    index = {entry.key: entry for entry in entries}
    yield commit_stream(INDEX_REF, None, index_changes("main", index, index), signature(0), "index")


def signature(turn: int) -> str:
    """Who commits, and when: an hour after the one before."""
    return f"bench <bench@example.com> {FIRST + turn * HOUR} +0000"


def wide(repository: Path, devices: int, size: int) -> None:
    """A repository with one commit of a large fleet, written by the product."""
    cellar = Cellar(repository)
    staging = Staging(cellar.repository)
    staging.open("run-0", Owner.of(os.getpid()))
    for number in range(devices):
        staging.write(capture(number, configuration(number, size), 0))
    commit(cellar, 0)


def project(folder: Path, repository: str) -> None:
    """A project on one of the repositories."""
    folder.mkdir()
    text = f"version: 1\nrepositories: {{main: {{path: ../{repository}}}}}\n"
    (folder / "netcellar.yml").write_text(text)


def timed(command: list[str | Path], folder: Path) -> list[float]:
    """Seconds of several runs of a command."""
    found = []
    for _ in range(TURNS):
        started = time.perf_counter()
        ended = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        found.append(time.perf_counter() - started)
        assert ended.returncode in {0, 1}, ended.stderr.decode()
        assert not ended.stderr, ended.stderr.decode()
    return found


def tell(name: str, seconds: list[float], limit: float | None = None) -> bool:
    """Print a row; whether the limit holds."""
    best, median = min(seconds), statistics.median(seconds)
    held = limit is None or median <= limit
    told = "" if limit is None else f"   limit {limit:.1f} s: {'held' if held else 'MISSED'}"
    print(f"{name:58} best {best:6.3f} s   median {median:6.3f} s{told}", flush=True)
    return held


def ask(room: Path, options: argparse.Namespace) -> bool:
    """All questions, each beside what plain Git takes for the nearest thing that it has."""
    netcellar = [sys.executable, "-m", "netcellar"]
    one = path_of(options.devices // 3)
    device = one.removeprefix("backups/").removesuffix(".running-config")
    deeply, widely = room / "deep", room / "wide"
    history, fleet = f"--git-dir={room / 'deep.git'}", f"--git-dir={room / 'wide.git'}"
    print(f"\n{options.commits} commits of {options.devices} devices")
    tell("git log --numstat -- FILE", timed(["git", history, "log", "--numstat", "main", "--", one], deeply))
    held = [tell("netcellar history DEVICE", timed([*netcellar, "history", device], deeply), 0.3)]
    tell("netcellar diff DEVICE", timed([*netcellar, "diff", device], deeply))
    tell("netcellar show DEVICE --at DATE", timed([*netcellar, "show", device, "--at", "2024-06-01"], deeply))
    tell("git log -G PATTERN", timed(["git", history, "log", "--oneline", "-G", "^! version 19", "main"], deeply))
    tell("netcellar search --history", timed([*netcellar, "search", "^! version 19", "--history"], deeply))
    print(f"\n{options.fleet} devices of {options.size} bytes")
    for pattern in (r"ntp server 10\.0\.0\.1", "^hostname r77$", "shared0000(07|08)x"):
        tell(f"git grep -E '{pattern}'", timed(["git", fleet, "grep", "-n", "-E", pattern, "main"], widely))
        asked = [*netcellar, "search", pattern, "--most", "1000000"]
        held.append(tell(f"netcellar search '{pattern}'", timed(asked, widely), 1.0))
    return all(held)


def main() -> int:
    """Exit code 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=20_000)
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--fleet", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=40_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        room = Path(name)
        started = time.perf_counter()
        deep(room / "deep.git", options.devices, options.commits)
        wide(room / "wide.git", options.fleet, options.size)
        project(room / "deep", "deep.git")
        project(room / "wide", "wide.git")
        print(f"repositories made in {time.perf_counter() - started:.0f} s, seed {SEED}")
        return 0 if ask(room, options) else 1


if __name__ == "__main__":
    sys.exit(main())
