"""Ways to read many devices over SSH, for ``bench_capture.py``: Netcellar's, and the least that a client must do.

Each takes the hosts of an inventory and gives how many of them it has read whole. Ours also certifies, cleans, masks,
looks for leaks, and stages; the others, also those of ``peers.py``, only read.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.leak import Credentials
from ansible_collections.netcellar.backup.plugins.module_utils.mask import keyed
from ansible_collections.netcellar.backup.plugins.module_utils.masking import Masking
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential, require_asyncssh
from ansible_collections.netcellar.backup.plugins.plugin_utils.crew import Crew, Pace, run_crew
from ansible_collections.netcellar.backup.plugins.plugin_utils.harvest import Harvester, Job
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.jump import Jumps
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import Quarantine
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RUN_ID, RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from ansible_collections.netcellar.backup.plugins.plugin_utils.targets import Target

Hosts = dict[str, dict[str, Any]]
COMMAND = "show running-config"


@dataclass(frozen=True)
class Estate:
    """The devices: ``known_hosts`` is the file of their keys, ``size`` the bytes of each configuration."""

    hosts: Hosts
    known_hosts: Path
    concurrency: int
    size: int

    def whole(self, text: str | bytes) -> bool:
        """Whether a text can be all of a configuration."""
        return len(text) >= 0.95 * self.size

    async def each(self, fetch: Callable[[str, dict[str, Any]], Awaitable[str | bytes]]) -> int:
        """Fetch from all devices, so many at a time. Gives how many texts are whole."""
        waiting, done = iter(self.hosts.items()), 0

        async def work() -> None:
            nonlocal done
            for name, values in waiting:
                text = await fetch(name, values)
                done += self.whole(text)

        await asyncio.gather(*(work() for _ in range(self.concurrency)))
        return done


def netcellar(estate: Estate) -> int:
    """The whole capture: session, certificate, cleaning, masking, leak gate, staging, record."""
    require_asyncssh()
    room = Path(tempfile.mkdtemp(dir=estate.known_hosts.parent))
    staging = Staging(room / "cellar.git")
    staging.open(RUN_ID, Owner.of(os.getpid()))
    folder = RunFolder.of(room, RUN_ID)
    folder.create()
    keys = HostKeys("strict", estate.known_hosts)
    passwords = [values["ansible_password"] for values in estate.hosts.values()]
    masking = Masking(Credentials(passwords), keyed("a key for benchmarks alone"))
    jobs = [_job(name, values, keys, masking) for name, values in estate.hosts.items()]
    harvester = Harvester(staging, Quarantine(room / "cellar.git"))
    return run_crew(Crew(jobs, folder, harvester, Pace(estate.concurrency)), Jumps())["captured"]


def _job(name: str, values: dict[str, Any], keys: HostKeys, masking: Masking) -> Job:
    platform = platform_for(values["ansible_network_os"])
    record = Record(run=RUN_ID, device_id=name, host=name, name=name)
    paths = {"running": f"backups/{name}.running-config"}
    device = Device(id=name, name=name)
    target = Target(record, device, platform, values["ansible_host"], values["ansible_port"], paths)
    credential = Credential("inventory", values["ansible_user"], values["ansible_password"])
    return Job(target, (credential,), keys, Limits(), masking=masking)


def plain_asyncssh(estate: Estate) -> int:
    """A login, paging off, the configuration: text until the prompt comes back, and nothing done with it."""
    keys = asyncssh.read_known_hosts(str(estate.known_hosts))

    async def fetch(name: str, values: dict[str, Any]) -> bytes:
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
            text = b""
            for command in ("terminal length 0", COMMAND):
                process.stdin.write(command.encode() + b"\n")
                text = await _until(process.stdout, b"\n" + prompt)
            return text

    return asyncio.run(estate.each(fetch))


async def _until(stream: Any, end: bytes) -> bytes:
    pieces: list[bytes] = []
    while not (b"".join(pieces[-2:])).endswith(end):
        pieces.append(await stream.read(65536))
    return b"".join(pieces)
