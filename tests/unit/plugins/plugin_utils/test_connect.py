"""Logging in: every way it fails is one error class, and no message holds a secret."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.algorithms import Algorithms, algorithms
from ansible_collections.netcellar.backup.plugins.plugin_utils.breaker import Breaker
from ansible_collections.netcellar.backup.plugins.plugin_utils.connect import (
    Credential,
    connect,
    network_fault,
    place,
)
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from ansible_collections.netcellar.backup.plugins.plugin_utils.hostkeys import HostKeys
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Limits, Peer, Reading, Session
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

OpenLab = Callable[..., Lab]
GOOD = Credential("good", "backup", "backup")
WRONG = Credential("wrong", "backup", "Wrong-Password-1")


# So long that no load on the machine matters.
PATIENT = Limits(connect=60, command=60, device=120)


def read(
    port: int,
    *credentials: Credential,
    host_keys: HostKeys | None = None,
    address: str = "127.0.0.1",
    limits: Limits = PATIENT,
) -> Reading:
    peer = Peer(address, port, platform_for("cisco_ios"), ("running",), credentials or (GOOD,))
    keys = host_keys or HostKeys("off", Path("unused"))
    return asyncio.run(Session(peer, keys, limits).read())


@pytest.mark.parametrize(("fault", "error"), [("password", "auth"), ("down", "refused"), ("stuck", "connect_timeout")])
def test_each_fault_has_its_class(lab: OpenLab, fault: Any, error: str) -> None:
    port = lab(LabDevice("r1", "cisco_ios", fault=fault)).ports["r1"]

    with pytest.raises(SessionError, match=rf"127\.0\.0\.1:{port} ") as caught:
        read(port, WRONG, limits=replace(PATIENT, connect=0.5) if fault == "stuck" else PATIENT)

    assert caught.value.error == error
    assert "Wrong-Password-1" not in repr(caught.value) + repr(WRONG)


def test_a_refused_credential_is_tried_once_and_leads_to_the_next(lab: OpenLab) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"))

    assert read(devices.ports["r1"], WRONG, GOOD).credential == "good"
    assert devices.devices["r1"].tries == 2


@pytest.mark.parametrize("farewell", ["abort", "disconnect"])
def test_a_server_that_hangs_up_on_a_credential_has_refused_it(farewell: str) -> None:
    """As OpenSSH does with ``MaxAuthTries 1``: it says "protocol error", where it says a word at all."""

    class Server(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            self._end = (
                conn.abort if farewell == "abort" else partial(conn.disconnect, asyncssh.DISC_PROTOCOL_ERROR, "")
            )

        def password_auth_supported(self) -> bool:
            return True

        async def validate_password(self, username: str, password: str) -> bool:
            self._end()
            return False

    async def story() -> None:
        key = asyncssh.generate_private_key("ssh-ed25519")
        async with await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key], server_factory=Server) as server:
            await connect("127.0.0.1", server.get_port(), GOOD, HostKeys("off", Path("unused")), 30)

    with pytest.raises(SessionError, match="hung up on the credential 'good'") as caught:
        asyncio.run(story())
    assert caught.value.error == "auth"


def test_no_other_failure_leads_to_the_next_credential(lab: OpenLab) -> None:
    devices = lab(LabDevice("r1", "cisco_ios", enable_password="other"))

    with pytest.raises(SessionError) as caught:
        read(devices.ports["r1"], GOOD, GOOD)

    assert caught.value.error == "privilege"
    assert devices.logins == 1


def test_without_a_credential_nothing_is_tried(lab: OpenLab) -> None:
    devices = lab(LabDevice("r1", "cisco_ios"))
    peer = Peer("127.0.0.1", devices.ports["r1"], platform_for("cisco_ios"), ("running",), ())

    with pytest.raises(SessionError) as caught:
        asyncio.run(Session(peer, HostKeys("off", Path("unused")), Limits()).read())

    assert caught.value.error == "no_credential"


def test_what_is_no_ssh_server_is_told() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ready\r\n" * 3000)
        await writer.drain()
        writer.close()

    async def work() -> None:
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        peer = Peer("127.0.0.1", port, platform_for("cisco_ios"), ("running",), (GOOD,))
        async with server:
            await Session(peer, HostKeys("off", Path("unused")), PATIENT).read()

    with pytest.raises(SessionError) as caught:
        asyncio.run(work())
    assert caught.value.error in {"refused", "unreachable"}


def test_a_hang_up_during_the_key_exchange_is_a_refusal() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-Old\r\n")
        await reader.readuntil(b"\r\n")
        writer.close()

    async def work() -> None:
        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
            keys, port = HostKeys("off", Path("unused")), server.sockets[0].getsockname()[1]
            await connect("127.0.0.1", port, GOOD, keys, 60)

    with pytest.raises(SessionError, match="hung up during the key exchange") as caught:
        asyncio.run(work())
    assert caught.value.error == "refused"


@pytest.mark.parametrize("address", ["no-such-host.invalid", "x" * 300, "a..b", "-oProxyCommand=x", "{{ 1 }}"])
def test_a_name_that_cannot_be_resolved_is_unreachable(address: str) -> None:
    with pytest.raises(SessionError) as caught:
        read(22, address=address, limits=Limits(connect=1.5))
    assert caught.value.error in {"unreachable", "connect_timeout"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(113, "No route to host"), "unreachable"),
        (OSError(110, "Connection timed out"), "connect_timeout"),
        (ConnectionRefusedError(111, "Connect call failed"), "refused"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed, [Errno 111] Connect call failed"), "refused"),
        (asyncssh.ConnectionLost("x"), "unreachable"),
        (asyncssh.KeyExchangeFailed("no match"), "refused"),
        (asyncssh.ChannelOpenError(1, "no"), "refused"),
        (asyncssh.ProtocolError("x"), "refused"),
    ],
)
def test_network_faults(error: Exception, expected: str) -> None:
    assert network_fault("r1:22", error).error == expected


def test_places() -> None:
    assert (place("192.0.2.1", 22), place("2001:db8::1", 22)) == ("192.0.2.1:22", "[2001:db8::1]:22")


@pytest.mark.parametrize("content", [None, "no key"])
def test_a_key_file_that_cannot_be_used_is_named(lab: OpenLab, tmp_path: Path, content: str | None) -> None:
    key = tmp_path / "id_device"
    if content:
        key.write_text(content)
    port = lab(LabDevice("r1", "cisco_ios")).ports["r1"]

    with pytest.raises(SessionError, match="id_device") as caught:
        read(port, Credential("key", "backup", private_key_file=str(key)))

    assert caught.value.error == "no_credential"


def test_nothing_of_the_users_ssh_setup_is_used(lab: OpenLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ssh = tmp_path / ".ssh"
    ssh.mkdir()
    (ssh / "config").write_text("Host *\n  Port 1\n  User nobody\n  ProxyCommand touch hacked\n")
    os.mkfifo(ssh / "id_ed25519")  # reading it would hang
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    port = lab(LabDevice("r1", "cisco_ios")).ports["r1"]

    assert read(port).credential == "good"


class TestHostKeys:
    def test_a_known_key_is_trusted(self, lab: OpenLab, tmp_path: Path) -> None:
        devices = lab(LabDevice("r1", "cisco_ios"))
        (tmp_path / "known").write_text(devices.known_hosts())

        assert read(devices.ports["r1"], host_keys=HostKeys("strict", tmp_path / "known"))

    def test_an_unknown_key_is_not(self, lab: OpenLab, tmp_path: Path) -> None:
        devices = lab(LabDevice("r1", "cisco_ios"))

        with pytest.raises(SessionError, match=r"host key \(SHA256:\S+\) that is not in") as caught:
            read(devices.ports["r1"], host_keys=HostKeys("strict", tmp_path / "known"))

        assert caught.value.error == "host_key"
        assert devices.devices["r1"].tries == 0

    @pytest.mark.parametrize("policy", ["strict", "learn"])
    def test_a_changed_key_never_is(self, lab: OpenLab, tmp_path: Path, policy: Any) -> None:
        devices = lab(LabDevice("r1", "cisco_ios", fault="host_key"))
        known = tmp_path / "known"
        known.write_text(devices.known_hosts())

        with pytest.raises(SessionError, match=r"another host key \(SHA256:\S+\) .*known \(SHA256:\S+\)") as caught:
            read(devices.ports["r1"], host_keys=HostKeys(policy, known))

        assert caught.value.error == "host_key"
        assert devices.devices["r1"].tries == 0
        assert known.read_text() == devices.known_hosts()

    def test_a_key_of_another_kind_is_a_changed_one(self, lab: OpenLab, tmp_path: Path) -> None:
        devices = lab(LabDevice("r1", "cisco_ios"))
        known = tmp_path / "known"
        public = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode()
        known.write_text(f"[127.0.0.1]:{devices.ports['r1']} {public}")

        with pytest.raises(SessionError, match=r"another host key \(SHA256:\S+\) .*known \(SHA256:\S+\)") as caught:
            read(devices.ports["r1"], host_keys=HostKeys("strict", known))

        assert caught.value.error == "host_key"

    def test_the_key_of_a_first_meeting_is_learned(self, lab: OpenLab, tmp_path: Path) -> None:
        devices = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "cisco_ios"))
        known = tmp_path / "state" / "known"

        for name in ("r1", "r2", "r1"):
            read(devices.ports[name], host_keys=HostKeys("learn", known))

        assert known.read_text() == devices.known_hosts()
        assert stat.S_IMODE(known.stat().st_mode) == 0o600
        assert read(devices.ports["r1"], host_keys=HostKeys("strict", known))

    def test_a_device_on_ipv6_is_known_by_address_and_port(self, tmp_path: Path) -> None:
        async def story() -> None:
            key = asyncssh.generate_private_key("ssh-ed25519")
            async with await asyncssh.listen("::1", 0, server_host_keys=[key], server_factory=_Open) as server:
                port = server.get_port()
                (await connect("::1", port, GOOD, HostKeys("learn", tmp_path / "known"), 60)).abort()
                assert (tmp_path / "known").read_text().startswith(f"[::1]:{port} ssh-ed25519 ")
                (await connect("::1", port, GOOD, HostKeys("strict", tmp_path / "known"), 60)).abort()

        asyncio.run(story())

    def test_other_files_are_read_and_never_written(self, lab: OpenLab, tmp_path: Path) -> None:
        devices = lab(LabDevice("r1", "cisco_ios"))
        other = tmp_path / "other"
        other.write_text(f"nonsense\n@oops x y z\n{devices.known_hosts()}")

        assert read(devices.ports["r1"], host_keys=HostKeys("learn", tmp_path / "known", [other]))
        assert not (tmp_path / "known").exists()

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NetcellarError, match=str(tmp_path)):
            HostKeys("strict", tmp_path)


def test_ciphers_that_the_processor_knows_come_first_and_none_is_lost(lab: OpenLab) -> None:
    port = lab(LabDevice("r1", "cisco_ios")).ports["r1"]

    async def ciphers() -> set[str]:
        connection = await connect("127.0.0.1", port, GOOD, HostKeys("off", Path("unused")), 60)
        async with connection:
            return {connection.get_extra_info("send_cipher"), connection.get_extra_info("recv_cipher")}

    assert asyncio.run(ciphers()) == {"aes256-gcm@openssh.com"}
    assert sorted(algorithms("modern")["encryption_algs"]) == sorted(
        name.decode() for name in asyncssh.encryption.get_default_encryption_algs()
    )


OLD = {
    "kex_algs": ["diffie-hellman-group1-sha1"],
    "encryption_algs": ["aes128-cbc"],
    "mac_algs": ["hmac-md5"],
}


@pytest.mark.parametrize(("which", "error"), [("modern", "refused"), ("legacy", None)])
def test_only_a_host_that_is_said_to_be_old_gets_old_algorithms(which: Algorithms, error: str | None) -> None:
    async def story() -> None:
        key = asyncssh.generate_private_key("ssh-rsa", key_size=1024)
        async with await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key], server_factory=_Open, **OLD) as server:
            keys = HostKeys("off", Path("unused"))
            connection = await connect("127.0.0.1", server.get_port(), GOOD, keys, 60, algorithms=which)
            assert connection.get_extra_info("send_cipher") == "aes128-cbc"
            connection.abort()

    if error is None:
        asyncio.run(story())
        return
    with pytest.raises(SessionError) as caught:
        asyncio.run(story())
    assert caught.value.error == error


class _Open(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return False


def login_by_key(credential: Credential, trusted: str) -> None:
    """Log in at a server that accepts these lines of an authorized_keys file, and nothing else."""

    async def story() -> None:
        host_key = asyncssh.generate_private_key("ssh-ed25519")
        lines = asyncssh.import_authorized_keys(trusted)
        async with await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=lines
        ) as server:
            keys = HostKeys("off", Path("unused"))
            (await connect("127.0.0.1", server.get_port(), credential, keys, 60)).abort()

    asyncio.run(story())


def test_a_certificate_beside_the_key_is_used(tmp_path: Path) -> None:
    authority, key = (asyncssh.generate_private_key("ssh-ed25519") for __ in range(2))
    key.write_private_key(tmp_path / "id")
    credential = Credential("signed", "backup", private_key_file=str(tmp_path / "id"))
    trusted = f"cert-authority {authority.export_public_key().decode()}"

    with pytest.raises(SessionError) as caught:
        login_by_key(credential, trusted)
    assert caught.value.error == "auth"
    certificate = authority.generate_user_certificate(key, "backup", principals=["backup"])
    certificate.write_certificate(tmp_path / "id-cert.pub")
    login_by_key(credential, trusted)


def test_an_agent_is_asked_only_where_it_is_named(tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(tmp_path / "id")
    (tmp_path / "id").chmod(0o600)
    socket = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.PIPE) as agent:
        assert agent.stdout
        agent.stdout.readline()
        try:
            environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
            subprocess.run(["ssh-add", "-q", str(tmp_path / "id")], env=environment, check=True)
            login_by_key(Credential("agent", "backup", agent=str(socket)), key.export_public_key().decode())
        finally:
            agent.terminate()
    with pytest.raises(SessionError, match="SSH agent") as caught:
        login_by_key(Credential("agent", "backup", agent=str(socket)), key.export_public_key().decode())
    assert caught.value.error == "no_credential"


class _Asking(asyncssh.SSHServer):
    """Knows no password method: it asks, as servers with RADIUS or PAM do."""

    def password_auth_supported(self) -> bool:
        return False

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        return list(responses) == ["backup"]


@pytest.mark.parametrize(("credential", "error"), [(GOOD, None), (WRONG, "auth")])
def test_a_password_answers_the_question_for_it(credential: Credential, error: str | None, tmp_path: Path) -> None:
    async def story() -> str | None:
        key = asyncssh.generate_private_key("ssh-ed25519")
        breaker = Breaker(tmp_path / "room", "run-1", Owner.of(os.getpid()))
        async with await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key], server_factory=_Asking) as server:
            keys = HostKeys("off", Path("unused"))
            try:
                (await connect("127.0.0.1", server.get_port(), credential, keys, 60, breaker=breaker)).abort()
            except SessionError as fault:
                return fault.error
            assert breaker.account(credential).proven
            return None

    assert asyncio.run(story()) == error
