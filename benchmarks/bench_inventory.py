"""The inventory of a real Nautobot 3.2 beside its floor: ``.venv/bin/python benchmarks/bench_inventory.py [COUNT …]``.

For each count of devices: the floor (a plugin that sets the same variables of the same hosts from memory), one plain
HTTP fetch of the same fields, a client that pages by 100, and ours, all in one run. Seconds of CPU and resident memory
are those of the command alone; the server's are in the walls.
"""

from __future__ import annotations

import json
import marshal
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import requests  # noqa: E402 (pynautobot brings it)
from ansible_collections.netcellar.backup.plugins.module_utils.graphql import ROW  # noqa: E402
from ansible_collections.netcellar.backup.plugins.plugin_utils.inventory import hostvars  # noqa: E402
from ansible_collections.netcellar.backup.plugins.plugin_utils.preview import Access, Job, Preview, preview  # noqa: E402
from netcellar.demo.nautobot import DEMO, Server, running  # noqa: E402

from tests.nautobot.estate import estate  # noqa: E402
from tests.nautobot.releases import cache_of  # noqa: E402

COUNTS = (1000, 10_000)
REPEATS = 3
ALL = "plugin: netcellar.backup.nautobot\nmatch: {all: true}\n"
FLOOR = """
import marshal
from pathlib import Path
from ansible.plugins.inventory import BaseInventoryPlugin

class InventoryModule(BaseInventoryPlugin):
    NAME = "floor"

    def verify_file(self, path):
        return path.endswith("floor.bin")

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        for host, variables in marshal.loads(Path(path).read_bytes()).items():
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


def measured(command: list[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """The median of some runs of a command, by wall."""
    return sorted((run(command, folder, environment) for _ in range(REPEATS)), key=lambda cost: cost.wall)[REPEATS // 2]


def run(command: list[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """One run."""
    began = time.monotonic()
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, err.fileno(), 2)]
        pid = os.posix_spawn(command[0], command, {**os.environ, **environment}, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{command} failed:\n{(folder / 'err').read_text()}")
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


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
        found = preview_of(folder, server)
        hosts = {found.hosts[device.id]: hostvars(device) for device in found.devices}
        (folder / "floor.bin").write_bytes(marshal.dumps(hosts))
        (folder / "plugins").mkdir(exist_ok=True)
        (folder / "plugins" / "floor.py").write_text(FLOOR)
        known = {"HOME": str(folder), "NAUTOBOT_URL": server.url, "NAUTOBOT_TOKEN": server.token}
        beside = known | {"ANSIBLE_INVENTORY_PLUGINS": str(folder / "plugins"), "ANSIBLE_INVENTORY_ENABLED": "floor"}
        command = [str(Path(sys.executable).with_name("ansible-inventory")), "--list", "-i"]
        ours = measured([*command, str(folder / "all.yml")], folder, known)
        floor = measured([*command, str(folder / "floor.bin")], folder, beside)
        listed = json.loads((folder / "out").read_text())["_meta"]["hostvars"]
        plain = sorted(fetch(server, 0) for _ in range(REPEATS))[REPEATS // 2]
        paged = fetch(server, 100)
    if len(listed) != count:
        raise SystemExit(f"the floor has {len(listed)} hosts")
    return tell(count, ours, floor, plain, paged)


def preview_of(folder: Path, server: Server) -> Preview:
    """The devices, once."""
    (folder / "all.yml").write_text(ALL)
    return preview(folder / "all.yml", Access(server.url, server.token), Job(folder / "state"))


def tell(count: int, ours: Cost, floor: Cost, plain: float, paged: float) -> bool:
    """Print a table and what is over its limit."""
    print(f"{count} devices           wall s   CPU s      MB")
    for name, cost in (("ours", ours), ("floor", floor)):
        print(f"  {name:18} {cost.wall:8.2f} {cost.cpu:7.2f} {cost.memory:7.0f}")
    print(f"  plain HTTP fetch   {plain:8.2f}\n  pages of 100       {paged:8.2f}")
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
