"""Sessions over a line that another process opens, with stand-ins for that process: no plugin of others is needed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh
import psutil
import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import Credential
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.network_cli import NetworkCliSession, Way
from ansible_collections.netcellar.backup.plugins.plugin_utils.nursery import Nursery, Work
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits, Peer, Reading

from tests.waiting import ended, until

from .clocks import HOUR, Leaping

KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
PASSWORD = "correct-horse"
CONFIG = "hostname gear\r\ninterface eth0\r\n description end\r\nend"


def tell(channel: socket.socket, **words: str) -> None:
    channel.sendall(json.dumps(words).encode() + b"\n")


def device(order: bytes, channel: socket.socket) -> None:
    """Plays a device whose prompt no platform file of ours knows."""
    assert json.loads(order)["password"] == PASSWORD
    tell(channel, key=KEY)
    if not channel.recv(1):
        return
    tell(channel, accepted="one")
    tell(channel, ready="<<gear>>")
    while typed := channel.recv(999):
        answer = f"\r\n{CONFIG}" if b"show" in typed else ""
        channel.sendall(typed.rstrip() + f"{answer}\r\n<<gear>>".encode())


def silent(order: bytes, channel: socket.socket) -> None:
    """Connects, and hangs in a place where no signal that can be caught would reach it."""
    tell(channel, key=KEY)
    channel.recv(1)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM, signal.SIGINT})
    told = Path(json.loads(order)["options"]["told"])
    told.with_suffix(".new").write_text(str(os.getpid()))
    told.with_suffix(".new").rename(told)
    signal.pause()


def crashing(_order: bytes, channel: socket.socket) -> None:
    tell(channel, key=KEY)
    channel.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def refusing(_order: bytes, channel: socket.socket) -> None:
    tell(channel, key=KEY)
    tell(channel, error="auth" if channel.recv(1) else "internal", message="192.0.2.1:22 refused the credential 'one'")


Read = Callable[..., Reading]
Loop = Callable[[], asyncio.AbstractEventLoop]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    """``read(work)``: what a session over a child that does ``work`` brings."""
    nurseries: list[Nursery] = []

    def reading(work: Work, *, known: bool = True, loop: Loop | None = None) -> Reading:
        nurseries.append(Nursery(work))
        if known:
            (tmp_path / "known_hosts").write_text(f"192.0.2.1 {KEY}\n")
        peer = Peer("192.0.2.1", 22, platform_for("cisco_ios"), ("running",), (Credential("one", "user", PASSWORD),))
        way = Way("our.gear.gear", {"told": str(tmp_path / "told")})
        arguments = (peer, HostKeys("strict", tmp_path / "known_hosts"), Limits(60, 60, 2 * HOUR))
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(NetworkCliSession(nurseries[-1], way, *arguments).read())

    yield reading
    for nursery in nurseries:
        nursery.close()


def test_a_prompt_that_only_the_terminal_plugin_knows(read: Read) -> None:
    heard = read(device).transcripts["running"]
    assert heard.prompt == "<<gear>>"
    assert heard.answers[-1].complete
    assert heard.answers[-1].text == CONFIG.replace("\r\n", "\n")


def test_an_unknown_host_is_told_nothing(read: Read) -> None:
    with pytest.raises(SessionError, match="that is not in") as raised:
        read(refusing, known=False)
    assert raised.value.error == "host_key"


def test_a_refused_credential_is_no_other_fault(read: Read) -> None:
    with pytest.raises(SessionError, match="refused the credential 'one'") as raised:
        read(refusing)
    assert raised.value.error == "auth"
    assert PASSWORD not in str(raised.value)


def test_a_login_that_hangs_ends_in_time_and_its_process_too(read: Read, tmp_path: Path) -> None:
    watched: list[psutil.Process] = []

    def hangs() -> bool:
        told = tmp_path / "told"
        if told.exists():
            watched.append(psutil.Process(int(told.read_text())))
        return bool(watched)

    with pytest.raises(SessionError) as raised:
        read(silent, loop=lambda: Leaping(hangs))
    assert raised.value.error == "connect_timeout"
    until(lambda: ended(watched[0]))


def test_a_crash_is_said(read: Read) -> None:
    with pytest.raises(SessionError, match="ended without a word") as raised:
        read(crashing)
    assert raised.value.error == "internal"
