"""What others read devices with, for ``bench_capture.py``. Their packages are the dependency group ``bench``."""

from __future__ import annotations

import asyncio
from typing import Any

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.plugins.runners import ThreadedRunner
from nornir_netmiko.tasks import netmiko_send_command
from scrapli.driver.core import AsyncIOSXEDriver

from .contenders import COMMAND, Estate

# nornir's own default; with 100 it only gets slower.
THREADS = 20


def scrapli_asyncssh(estate: Estate) -> int:
    """scrapli's IOS-XE driver on its asyncssh transport."""

    async def fetch(_name: str, values: dict[str, Any]) -> str:
        async with AsyncIOSXEDriver(
            host=values["ansible_host"],
            port=values["ansible_port"],
            auth_username=values["ansible_user"],
            auth_password=values["ansible_password"],
            # It does not find a host with a port of its own in a file of known hosts.
            auth_strict_key=False,
            ssh_config_file=False,
            transport="asyncssh",
            timeout_socket=60,
            timeout_transport=60,
            timeout_ops=120,
        ) as driver:
            return str((await driver.send_command(COMMAND)).result)

    return asyncio.run(estate.each(fetch))


def nornir_netmiko(estate: Estate) -> int:
    """nornir's threads with netmiko, which is paramiko."""
    ConnectionPluginRegister.auto_register()
    inventory = Inventory(hosts=_hosts(estate), groups=Groups(), defaults=Defaults())
    runner = ThreadedRunner(num_workers=THREADS)
    results = Nornir(inventory=inventory, config=Config(), runner=runner).run(task=_read)
    return sum(not result.failed and estate.whole(result[0].result) for result in results.values())


def _read(task: Any) -> str:
    result = task.run(task=netmiko_send_command, command_string=COMMAND, read_timeout=120)[0].result
    task.host.close_connections()
    return str(result)


def _hosts(estate: Estate) -> Hosts:
    # Host keys are not checked: paramiko needs seconds for each connection to read a file of 2,000.
    extras = {
        "use_keys": False,
        "ssh_strict": False,
        "fast_cli": True,
        "conn_timeout": 60,
        "auth_timeout": 60,
        "banner_timeout": 60,
    }
    found = Hosts()
    for name, values in estate.hosts.items():
        found[name] = Host(
            name=name,
            hostname=values["ansible_host"],
            port=values["ansible_port"],
            username=values["ansible_user"],
            password=values["ansible_password"],
            platform="cisco_ios",
            connection_options={"netmiko": ConnectionOptions(extras=extras)},
        )
    return found
