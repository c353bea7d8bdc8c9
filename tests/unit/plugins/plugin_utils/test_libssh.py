"""The watch over libssh, with stand-ins for its classes."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils import libssh
from ansible_collections.netcellar.backup.plugins.plugin_utils.dialogue import SessionError
from ansible_collections.netcellar.backup.plugins.plugin_utils.libssh import Line, Watch, guarded


class BrokenError(Exception):
    """What libssh raises."""


class FakeSession:
    """As libssh's binding goes about a login: the host key, then the password by one method and by the other."""

    told = "refused"
    is_connected = True

    def __init__(self) -> None:
        self.tries: list[str] = []
        self.options: dict[str, Any] = {}

    def connect(self, **options: Any) -> None:
        self.options = options
        self.verify_knownhost()
        for method in (self.authenticate_password, self.authenticate_interactive):
            try:
                return method(options["password"])
            except BrokenError:
                continue
        raise BrokenError(self.told)

    def hostkey_auto_add(self, _user: str) -> None:
        Path(self.options["knownhosts"]).write_text("host ssh-ed25519 AAAAkey\n")

    def verify_knownhost(self) -> None:
        raise AssertionError

    def authenticate_password(self, password: str) -> None:
        self.tries.append(password)
        raise BrokenError(self.told)

    authenticate_interactive = authenticate_password


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watch]]:
    """``watch(tell)``: over a connection that a server accepts."""
    monkeypatch.setattr(libssh, "LibsshException", BrokenError)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        yield lambda tell, silence=60: Watch("127.0.0.1", port, 60, silence, tell)


def test_a_password_is_tried_once_and_after_the_host_key(watch: Callable[..., Watch]) -> None:
    told: list[dict[str, str]] = []
    session = guarded(FakeSession, watch(lambda **words: not told.append(words)), "ssh-ed25519", "one")()
    with pytest.raises(SessionError, match="refused the credential 'one'") as raised:
        session.connect(password="secret")
    assert (raised.value.error, session.tries) == ("auth", ["secret"])
    assert told == [{"key": "ssh-ed25519 AAAAkey"}]
    assert session.options["hostkeys"] == "ssh-ed25519"


def test_a_host_that_is_not_trusted_gets_no_password(watch: Callable[..., Watch]) -> None:
    session = guarded(FakeSession, watch(lambda **_words: False), "", "one")()
    with pytest.raises(SessionError) as raised:
        session.connect(password="secret")
    assert (raised.value.error, session.tries) == ("host_key", [])


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ("ssh connect failed: Timeout connecting to 192.0.2.1", "connect_timeout"),
        ("ssh connect failed: kex error : no match for method kex algos: server [x], client [y]", "refused"),
        ("ssh connect failed: Receiving banner: too large banner", "refused"),
        ("ssh connect failed: Socket error: Connection reset by peer", "unreachable"),
        ("ssh connect failed: Socket error: disconnected", "unreachable"),
    ],
)
def test_what_libssh_tells_has_a_class(watch: Callable[..., Watch], told: str, error: str) -> None:
    class Failing(FakeSession):
        def connect(self, **_options: Any) -> None:
            raise BrokenError(told)

    with pytest.raises(SessionError) as raised:
        guarded(Failing, watch(lambda **_words: True), "", "one")().connect(password="secret")
    assert raised.value.error == error
    assert "192.0.2.1" not in str(raised.value)


class FakeChannel:
    """Gives its pieces one after the other, and then nothing; None is its end."""

    def __init__(self, *pieces: bytes | None) -> None:
        self.pieces = list(pieces)

    def read_nonblocking(self) -> bytes | None:
        return self.pieces.pop(0) if self.pieces else b""

    def write(self, data: bytes) -> None:
        del data


def test_the_end_of_a_line_is_no_silence(watch: Callable[..., Watch]) -> None:
    line = Line(FakeChannel(b"Welcome\r\n", b"gear# ", b"", None), None, watch(lambda **_words: True))
    assert line.read_bulk_response() == b"Welcome\r\ngear# "
    assert line.last == b"gear# "
    with pytest.raises(SessionError) as raised:
        line.read_bulk_response()
    assert raised.value.error == "unreachable"


def test_a_silence_has_an_end(watch: Callable[..., Watch]) -> None:
    line = Line(FakeChannel(), None, watch(lambda **_words: True, silence=0.2))
    with pytest.raises(SessionError) as raised:
        for _look in range(1000):
            line.read_bulk_response()
    assert raised.value.error == "command_timeout"
