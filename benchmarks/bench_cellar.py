"""Wall time and disk of commits of a large fleet, beside plain ``git add && git commit`` of the same files.

``python benchmarks/bench_cellar.py [--devices 10000] [--size 40000] [--texts access|random]``. ``access`` are access
switches: names, sockets, VLANs and addresses are the device's own. ``random`` is worse than any device: a fifth of the
text cannot be compressed at all. Both write to the same disk; nothing is pushed.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.netcellar.backup.plugins.module_utils.record import Capture
from ansible_collections.netcellar.backup.plugins.plugin_utils.care import care
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About, Cellar, CommitResult
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging

SEED = 20261121
LINE = 60
PORT = """\
interface GigabitEthernet{slot}/0/{port}
 description {kind} s{site:03d}-{room:02d}.{socket}
 switchport access vlan {vlan}
 switchport mode access
 switchport voice vlan 200
 authentication host-mode multi-auth
 authentication order mab dot1x
 authentication port-control auto
 mab
 dot1x pae authenticator
 spanning-tree portfast
 spanning-tree bpduguard enable
 service-policy input MARK-ACCESS
!
"""


def access_switch(number: int, size: int, version: int) -> str:
    """A text of about ``size`` bytes: ports of one fleet, each with words and numbers of its own."""
    own = random.Random(f"{SEED}/{number}")
    site = own.randrange(400)
    texts = [f"hostname r{number}\n! version {version}\nenable secret 9 {own.randbytes(24).hex()}\n"]
    for port in range(size // 375):
        texts.append(
            PORT.format(
                slot=port // 48 + 1,
                port=port % 48 + 1,
                kind=own.choice(("desk", "phone", "camera", "printer", "uplink", "spare")),
                site=site,
                room=own.randrange(40),
                socket=own.randrange(400),
                vlan=own.choice((10, 20, 30, 100 + site)),
            )
        )
    return "".join([*texts, "end\n"])


def random_words(number: int, size: int, version: int) -> str:
    """A text of about ``size`` bytes; every third line holds 12 random bytes of the device's own."""
    own = random.Random(f"{SEED}/{number}")
    lines = [f"hostname r{number}", f"! version {version}"]
    for line in range(size // LINE):
        word = own.randbytes(12).hex() if line % 3 == 0 else f"shared{line:06d}xxxxxxxxxxxx"
        lines.append(f"interface Ethernet{line:05d} description {word}"[:LINE].ljust(LINE - 1, "."))
    return "\n".join([*lines, "end", ""])


TEXTS = {"access": access_switch, "random": random_words}


def capture(number: int, text: str, turn: int) -> Capture:
    """A capture of one device of the fleet in one run."""
    return Capture(
        device_id=f"00000000-0000-4000-8000-{number:012d}",
        name=f"r{number}",
        host=f"r{number}",
        artifact="running",
        platform="cisco_ios",
        path=f"backups/r{number}.running-config",
        text=text,
        same_as=f"{number} {hash(text)}",
        captured_at=f"2026-11-21T00:{turn:02d}:00Z",
        run=f"run-{turn}",
    )


def disk(folder: Path) -> float:
    """Space used below a folder in MB."""
    paths = [path for path in folder.rglob("*") if path.is_file() and "staged" not in path.parts]
    return sum(path.stat().st_blocks * 512 for path in paths) / 1e6


@dataclass(frozen=True)
class Price:
    """Seconds of wall and of CPU, the children's too."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s ({self.cpu:6.2f} s CPU)"


def timed(action: Callable[[], object]) -> tuple[Price, object]:
    """The price of an action, and its result. What was written before is on the disk first."""
    os.sync()
    started, cpu = time.perf_counter(), sum(os.times()[:4])
    result = action()
    return Price(time.perf_counter() - started, sum(os.times()[:4]) - cpu), result


def commit(cellar: Cellar, turn: int) -> CommitResult:
    """What the action does with what is staged."""
    with cellar.open(f"run-{turn}") as work:
        work.sync()
        result = work.commit(Staging(cellar.repository).pending(f"run-{turn}"), About(f"run-{turn}"))
        work.push()
        if result.files_changed:
            assert care(work.git) == ""
        return result


def plain(folder: Path) -> None:
    """The same by plain git."""
    for words in (["add", "-A"], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-q", "--allow-empty", "-mx"]):
        subprocess.run(["git", "-C", folder, "-c", "gc.auto=0", *words], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Three turns: the first commit, one device in a hundred changed, nothing changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=40_000)
    parser.add_argument("--texts", choices=TEXTS, default="access")
    options = parser.parse_args()
    configuration = TEXTS[options.texts]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as room:
        cellar, tree = Cellar(Path(room) / "cellar.git"), Path(room) / "plain"
        subprocess.run(["git", "init", "-q", "-b", "main", tree], check=True)
        (tree / "backups").mkdir()
        print(f"{options.devices} devices of {options.size} bytes ({options.texts}), seed {SEED}")
        for turn, name in enumerate(("first commit", "1 % changed", "nothing changed")):
            staging = Staging(cellar.repository)
            staging.open(f"run-{turn}", Owner.of(os.getpid()))
            for number in range(options.devices):
                text = configuration(number, options.size, int(turn > 0 and number % 100 == 0))
                staging.write(capture(number, text, turn))
                path = tree / f"backups/r{number}.running-config"
                if turn == 0 or (turn == 1 and number % 100 == 0):
                    path.write_text(text)
            git, _ = timed(lambda: plain(tree))
            own, result = timed(lambda turn=turn: commit(cellar, turn))  # type: ignore[misc]
            assert isinstance(result, CommitResult)
            print(
                f"{name:16} netcellar {own}, {disk(cellar.repository):7.1f} MB, {result.files_changed:5} files"
                f" | git {git}, {disk(tree / '.git'):7.1f} MB"
                f" | wall {own.wall / git.wall:.2f}, disk {disk(cellar.repository) / disk(tree / '.git'):.2f}"
            )


if __name__ == "__main__":
    main()
