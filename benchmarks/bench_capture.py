"""CPU, speed and memory of a capture, beside plain asyncssh on the same devices in the same run.

``python benchmarks/bench_capture.py [--devices 1000] [--size 40000] [--concurrency 500]``. The devices are simulated in
a process of their own, and each contender runs in one of its own, so only the client's work is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential
from ansible_collections.netcellar.backup.plugins.plugin_utils.crew import Crew, Pace
from ansible_collections.netcellar.backup.plugins.plugin_utils.harvest import Harvester, Job
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import Quarantine
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RUN_ID, RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from ansible_collections.netcellar.backup.plugins.plugin_utils.targets import Target

Hosts = dict[str, dict[str, Any]]


async def netcellar(hosts: Hosts, options: argparse.Namespace) -> int:
    """The whole capture: session, judge, clean, mask, stage, record."""
    room = Path(tempfile.mkdtemp(dir=options.inventory.parent))
    staging = Staging(room / "cellar.git")
    staging.open(RUN_ID, Owner.of(os.getpid()))
    folder = RunFolder.of(room, RUN_ID)
    folder.create()
    keys = HostKeys("strict", options.inventory.with_suffix(".known_hosts"))
    jobs = [_job(name, values, keys) for name, values in hosts.items()]
    harvester = Harvester(staging, Quarantine(room / "cellar.git"))
    return (await Crew(jobs, folder, harvester, Pace(options.concurrency)).work())["captured"]


def _job(name: str, values: dict[str, Any], keys: HostKeys) -> Job:
    platform = platform_for(values["ansible_network_os"])
    record = Record(run=RUN_ID, device_id=name, host=name, name=name)
    paths = {"running": f"backups/{name}.running-config"}
    device = Device(id=name, name=name)
    target = Target(record, device, platform, values["ansible_host"], values["ansible_port"], paths)
    credential = Credential("inventory", values["ansible_user"], values["ansible_password"])
    return Job(target, (credential,), keys, Limits())


async def plain_asyncssh(hosts: Hosts, options: argparse.Namespace) -> int:
    """A login, paging off, the configuration: text until the prompt comes back, and nothing done with it."""
    keys = asyncssh.read_known_hosts(str(options.inventory.with_suffix(".known_hosts")))
    waiting = iter(hosts.items())
    done = 0

    async def work() -> None:
        nonlocal done
        for name, values in waiting:
            await _fetch(name, values, keys)
            done += 1

    await asyncio.gather(*(work() for _ in range(options.concurrency)))
    return done


async def _fetch(name: str, values: dict[str, Any], keys: asyncssh.SSHKnownHosts) -> bytes:
    async with asyncssh.connect(
        values["ansible_host"],
        values["ansible_port"],
        username=values["ansible_user"],
        password=values["ansible_password"],
        known_hosts=keys,
        config=None,
        agent_path=None,
        client_keys=None,
    ) as connection:
        process = await connection.create_process(term_type="vt100", term_size=(511, 1000), encoding=None)
        prompt = f"{name}#".encode()
        await process.stdout.readuntil(prompt)
        for command in (b"terminal length 0\n", b"show running-config\n"):
            process.stdin.write(command)
            # The banner of these devices holds the prompt too, but not at the start of the last line.
            text = await process.stdout.readuntil(b"\n" + prompt)
        return text


CONTENDERS: dict[str, Callable[[Hosts, argparse.Namespace], Awaitable[int]]] = {
    "netcellar": netcellar,
    "plain asyncssh": plain_asyncssh,
}


def contend(options: argparse.Namespace) -> None:
    """Run one contender and print its figures as JSON."""
    hosts = json.loads(options.inventory.read_text())["all"]["hosts"]
    before = resource.getrusage(resource.RUSAGE_SELF)
    base = before.ru_maxrss
    started = time.perf_counter()
    done = asyncio.run(CONTENDERS[options.contender](hosts, options))
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = {"done": done, "cpu": cpu, "wall": wall, "peak": after.ru_maxrss / 1024, "base": base / 1024}
    print(json.dumps(figures))


@contextlib.contextmanager
def devices(options: argparse.Namespace, room: Path) -> Iterator[Path]:
    """Simulated devices in a process of their own; gives their inventory."""
    inventory = room / "lab.yml"
    command = [sys.executable, "-m", "netcellar.demo.serve", "--write-inventory", str(inventory)]
    command += ["--count", str(options.devices), "--size", str(options.size), "--platform", "cisco_ios"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as lab:
        try:
            assert lab.stdout is not None
            lab.stdout.readline()
            yield inventory
        finally:
            lab.terminate()


def main() -> None:
    """Run every contender ``--rounds`` times and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--size", type=int, default=40_000)
    parser.add_argument("--concurrency", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--inventory", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        contend(options)
        return
    print(f"{options.devices} devices, {options.size} bytes each, concurrency {options.concurrency}")
    print(f"{'':<16}{'CPU ms/device':>15}{'devices/min':>13}{'peak MB':>9}{'done':>7}")
    with tempfile.TemporaryDirectory() as room, devices(options, Path(room)) as inventory:
        for name in CONTENDERS:
            rounds = sorted((_round(options, name, inventory) for _ in range(options.rounds)), key=lambda it: it["cpu"])
            figures = rounds[len(rounds) // 2]
            per_device, speed = 1000 * figures["cpu"] / options.devices, 60 * options.devices / figures["wall"]
            print(f"{name:<16}{per_device:>15.2f}{speed:>13.0f}{figures['peak']:>9.0f}{figures['done']:>7}", flush=True)


def _round(options: argparse.Namespace, name: str, inventory: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--contender", name, "--inventory", str(inventory)]
    command += ["--concurrency", str(options.concurrency)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    main()
