"""The inventory of a real Nautobot 3.2 beside its floor: ``.venv/bin/python benchmarks/bench_inventory.py [COUNT …]``.

For each count of devices, in turn and some times over: ours, the floor (a plugin that sets the same variables of the
same hosts from memory), and one plain HTTP fetch of the same fields; besides, a client that pages by 100. Figures are
medians. Seconds of CPU and resident memory are those of the command alone; the server's are in the walls.
"""

from __future__ import annotations

import json
import marshal
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
# What is imported below lies in this checkout, or imports what does.
sys.path.insert(0, str(ROOT))

import requests  # noqa: E402 (pynautobot brings it)
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import ROW  # noqa: E402
from ansible_collections.netcellar.backup.plugins.plugin_utils.inventory import hostvars  # noqa: E402
from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Access, Job, Preview, preview  # noqa: E402
from netcellar.demo.nautobot import DEMO, Server, running  # noqa: E402

from tests.nautobot.estate import estate  # noqa: E402
from tests.nautobot.releases import cache_of  # noqa: E402

COUNTS = (1000, 10_000)
ROUNDS = 3
COMMANDS = {
    "ansible-inventory --list": ("ansible-inventory", "--list"),
    "ansible-playbook --list-hosts": ("ansible-playbook", "--list-hosts"),
}
ALL = "plugin: netcellar.backup.nautobot\nmatch: {all: true}\n"
FLOOR = """
import marshal
from pathlib import Path
from ansible.plugins.inventory import BaseInventoryPlugin

class InventoryModule(BaseInventoryPlugin):
    NAME = "floor"

    def verify_file(self, path):
        return path.endswith("floor.yml")

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        for host, variables in marshal.loads(Path(path).with_suffix(".bin").read_bytes()).items():
            inventory.add_host(host)
            for name, value in variables.items():
                inventory.set_variable(host, name, value)
"""
LIMITS = {1000: (0.3, None, None), 10_000: (1.5, 80.0, 1.2)}
"""By count: CPU seconds above the floor, MB above the floor, wall as a share of plain fetch and floor together."""


@dataclass(frozen=True)
class Cost:
    """Wall and CPU in seconds, resident memory in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Site:
    """A folder with both inventories, and the environment of each."""

    folder: Path
    ours: Mapping[str, str]
    floor: Mapping[str, str]

    def round(self, words: tuple[str, ...]) -> tuple[Cost, Cost]:
        """What one command costs: ours, and the floor."""
        ours, said = self._run(words, "all.yml", self.ours)
        floor, wanted = self._run(words, "floor.yml", self.floor)
        if hosts_of(said) != hosts_of(wanted):
            raise SystemExit("the two inventories have not the same hosts")
        return ours, floor

    def _run(self, words: tuple[str, ...], source: str, environment: Mapping[str, str]) -> tuple[Cost, str]:
        """What one run of a command costs, and what it prints."""
        argv = [str(Path(sys.executable).with_name(words[0])), *words[1:], "-i", str(self.folder / source)]
        if words[0] == "ansible-playbook":
            argv.append(str(self.folder / "play.yml"))
        out, err = self.folder / "out", self.folder / "err"
        began = time.monotonic()
        with out.open("w") as stdout, err.open("w") as stderr:
            actions = [(os.POSIX_SPAWN_DUP2, stdout.fileno(), 1), (os.POSIX_SPAWN_DUP2, stderr.fileno(), 2)]
            pid = os.posix_spawn(argv[0], argv, {**os.environ, **environment}, file_actions=actions)
            _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - began
        if status:
            raise SystemExit(f"{argv} failed:\n{err.read_text()}")
        return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), out.read_text()


def hosts_of(said: str) -> set[str]:
    """The hosts that either command printed."""
    if said.startswith("{"):
        return set(json.loads(said)["_meta"]["hostvars"])
    return {line.strip() for line in said.splitlines() if line.startswith("      ")}


def medians(costs: Iterable[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*map(median, zip(*map(astuple, costs), strict=True)))


def fetch(server: Server, page: int) -> float:
    """Seconds for the same fields by plain HTTP: at once, or by pages."""
    began = time.monotonic()
    headers = {"Authorization": f"Token {server.token}"}
    offset, more = 0, True
    while more:
        part = f"(limit: {page}, offset: {offset})" if page else ""
        body = {"query": f"{{ devices{part} {{ {ROW} }} }}"}
        rows = requests.post(f"{server.url}/api/graphql/", json=body, headers=headers, timeout=600).json()
        more = bool(page) and len(rows["data"]["devices"]) == page
        offset += page
    return time.monotonic() - began


def bench(count: int, folder: Path) -> bool:
    """Print the costs of one count; whether they are within the limits."""
    with running(folder / "nautobot", estate(DEMO, count), cache=cache_of(DEMO)) as server:
        site = prepare(folder, server)
        rounds = [(fetch(server, 0), [site.round(words) for words in COMMANDS.values()]) for __ in range(ROUNDS)]
        paged = fetch(server, 100)
    plain = median(seconds for seconds, __ in rounds)
    print(f"{count} devices: plain HTTP fetch {plain:.2f} s, pages of 100 {paged:.2f} s")
    within = []
    for index, name in enumerate(COMMANDS):
        ours, floor = (medians(each) for each in zip(*(pairs[index] for __, pairs in rounds), strict=True))
        within.append(tell(count, name, ours, floor, plain))
    return all(within)


def prepare(folder: Path, server: Server) -> Site:
    """Write both inventories, of the same hosts."""
    found = preview_of(folder, server)
    hosts = {found.hosts[device.id]: hostvars(device) for device in found.devices}
    (folder / "floor.bin").write_bytes(marshal.dumps(hosts))
    (folder / "floor.yml").write_text("plugin: floor\n")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "floor.py").write_text(FLOOR)
    (folder / "play.yml").write_text("[{hosts: all, gather_facts: false, tasks: []}]\n")
    known = {"HOME": str(folder), "NAUTOBOT_URL": server.url, "NAUTOBOT_TOKEN": server.token}
    return Site(folder, known, known | {"ANSIBLE_INVENTORY_PLUGINS": str(folder / "plugins")})


def preview_of(folder: Path, server: Server) -> Preview:
    """The devices, once."""
    (folder / "all.yml").write_text(ALL)
    return preview(folder / "all.yml", Access(server.url, server.token), Job(folder / "state"))


def tell(count: int, name: str, ours: Cost, floor: Cost, plain: float) -> bool:
    """Print what one command costs; whether that is within the limits."""
    print(f"{name:30} wall s   CPU s      MB")
    for what, cost in (("ours", ours), ("floor", floor)):
        print(f"  {what:26} {cost.wall:8.2f} {cost.cpu:7.2f} {cost.memory:7.0f}")
    cpu, memory, share = ours.cpu - floor.cpu, ours.memory - floor.memory, ours.wall / (plain + floor.wall)
    print(f"  above the floor: {cpu:.2f} s CPU, {memory:.0f} MB; wall {share:.2f} of plain fetch + floor")
    limits = LIMITS.get(count, (None, None, None))
    return all(limit is None or value <= limit for value, limit in zip((cpu, memory, share), limits, strict=True))


def main() -> int:
    """1 if something is over its limit."""
    good = True
    for count in [int(word) for word in sys.argv[1:]] or COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            good = bench(count, Path(folder)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
