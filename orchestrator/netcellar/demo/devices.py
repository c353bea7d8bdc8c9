"""The laboratory: simulated devices behind real SSH servers on the loopback interface.

``python -m netcellar.demo.devices --write-inventory lab.yml`` serves a laboratory until it is ended, and writes an
Ansible inventory of it. In a program::

    with Lab([LabDevice("r1", "cisco_ios")]) as lab:
        lab.ports["r1"]
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncssh

from .terminal import Fault, LabDevice, Terminal

HOST = "127.0.0.1"
# Only a loop that hangs needs as long.
HANG_SECONDS = 300.0
Result = TypeVar("Result")
# All that a device of 2005 knows.
_OLD: dict[str, Any] = {
    "kex_algs": ["diffie-hellman-group1-sha1"],
    "encryption_algs": ["aes128-cbc"],
    "mac_algs": ["hmac-md5"],
}


class Lab:
    """Runs ``devices`` in a thread of its own between ``start`` and ``stop``, or as a context manager.

    ``ports`` maps each device's name to its port: ``port_base`` and upwards in the order of the devices, or what the
    operating system gives where that is 0.
    """

    def __init__(self, devices: Iterable[LabDevice], *, port_base: int = 0) -> None:
        self.devices = {device.name: device for device in devices}
        self.ports: dict[str, int] = {}
        self._port_base = port_base
        self._known_key = asyncssh.generate_private_key("ssh-ed25519")
        self._other_key = asyncssh.generate_private_key("ssh-ed25519")
        self._reads = itertools.count(1)
        self._servers: dict[str, asyncssh.SSHAcceptor | asyncio.Server | socket.socket] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="netcellar-lab", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Open every server; ``ports`` is filled when this returns."""
        self._thread.start()
        self._call(self._open_all())

    def stop(self) -> None:
        """Close every server and connection."""
        self._call(self._close_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def change(self, name: str, old: str, new: str, *, startup: bool = False) -> None:
        """Replace a text in the running configuration of a device (in the startup configuration too, if asked)."""
        device = self.devices[name]
        if old not in device.config:
            raise ValueError(f"{name} has no {old!r} in its configuration")
        device.config = device.config.replace(old, new)
        if startup:
            device.startup = device.startup.replace(old, new)

    def set_fault(self, name: str, fault: Fault) -> None:
        """Give a device a fault, or heal it with an empty one. Its port stays."""
        self.devices[name].fault = fault
        self._call(self._reopen(name))

    @property
    def logins(self) -> int:
        """How many logins succeeded."""
        return sum(device.logins for device in self.devices.values())

    def known_hosts(self) -> str:
        """The lines of a known_hosts file that holds the proper host key of every device."""
        key = self._known_key.export_public_key().decode().strip()
        return "".join(f"[{HOST}]:{port} {key}\n" for port in self.ports.values())

    def hosts(self) -> dict[str, dict[str, Any]]:
        """The connection variables of every device, by host name."""
        return {
            name: {
                "ansible_host": HOST,
                "ansible_port": self.ports[name],
                "ansible_network_os": device.platform,
                "ansible_user": device.user,
                "ansible_password": device.password,
                **({"ansible_become_password": device.enable_password} if device.enable_password else {}),
            }
            for name, device in self.devices.items()
        }

    def inventory(self) -> str:
        """An Ansible inventory of the laboratory, in YAML (JSON is YAML)."""
        return json.dumps({"all": {"hosts": self.hosts()}}, indent=2) + "\n"

    def _call(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(HANG_SECONDS)

    async def _open_all(self) -> None:
        for number, device in enumerate(self.devices.values()):
            await self._open(device, self._port_base + number if self._port_base else 0)

    async def _open(self, device: LabDevice, port: int) -> None:
        if device.fault == "down":
            self._servers[device.name], self.ports[device.name] = _closed_port(port)
        elif device.fault == "stuck":
            stuck = await asyncio.start_server(_never_answer, HOST, port)
            self._servers[device.name], self.ports[device.name] = stuck, stuck.sockets[0].getsockname()[1]
        else:
            server = await asyncssh.create_server(
                lambda: _Server(device),
                HOST,
                port,
                server_host_keys=[self._other_key if device.fault == "host_key" else self._known_key],
                process_factory=self._session(device),
                encoding=None,
                line_editor=False,
                backlog=1024,
                **(_OLD if device.fault == "old" else {}),
            )
            self._servers[device.name], self.ports[device.name] = server, server.get_port()

    def _session(self, device: LabDevice) -> Callable[[asyncssh.SSHServerProcess[bytes]], Coroutine[Any, Any, None]]:
        async def serve(process: asyncssh.SSHServerProcess[bytes]) -> None:
            device.sessions += 1
            try:
                await Terminal(device, process, lambda: next(self._reads)).run()
            except (OSError, asyncssh.Error):
                process.close()

        return serve

    async def _close(self, name: str) -> None:
        server = self._servers.pop(name)
        server.close()
        if isinstance(server, asyncssh.SSHAcceptor):
            await server.wait_closed()

    async def _reopen(self, name: str) -> None:
        await self._close(name)
        await self._open(self.devices[name], self.ports[name])

    async def _close_all(self) -> None:
        for name in list(self._servers):
            await self._close(name)
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


class _Server(asyncssh.SSHServer):
    def __init__(self, device: LabDevice) -> None:
        self._device = device

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        device = self._device
        device.tries += 1
        good = device.fault != "password" and (username, password) == (device.user, device.password)
        device.logins += good
        return good


def _closed_port(port: int) -> tuple[socket.socket, int]:
    """A port that refuses connections and that nobody else can take meanwhile: bound, but not listening."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind((HOST, port))
    return taken, taken.getsockname()[1]


async def _never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


def demo_devices() -> Sequence[LabDevice]:
    """The devices of the demonstration: twelve sound ones of six platforms, and four with a fault each."""
    sound = [
        LabDevice("berlin-rtr-1", "cisco_ios", enable_password="lab-enable"),  # noqa: S106 (made up)
        LabDevice("berlin-rtr-2", "cisco_ios"),
        LabDevice("berlin-core-1", "cisco_nxos"),
        LabDevice("berlin-core-2", "cisco_nxos", fault="slow"),
        LabDevice("munich-leaf-1", "arista_eos"),
        LabDevice("munich-leaf-2", "arista_eos", enable_password="lab-enable"),  # noqa: S106 (made up)
        LabDevice("munich-edge-1", "juniper_junos"),
        LabDevice("munich-edge-2", "juniper_junos"),
        LabDevice("hamburg-rr-1", "frr"),
        LabDevice("hamburg-rr-2", "frr"),
        LabDevice("hamburg-cpe-1", "mikrotik_routeros"),
        LabDevice("hamburg-cpe-2", "mikrotik_routeros"),
    ]
    broken = [
        LabDevice("broken-password", "cisco_ios", fault="password"),
        LabDevice("broken-down", "arista_eos", fault="down"),
        LabDevice("broken-hangup", "cisco_ios", fault="hangup"),
        LabDevice("broken-answer", "cisco_nxos", fault="error"),
    ]
    return [*sound, *broken]
