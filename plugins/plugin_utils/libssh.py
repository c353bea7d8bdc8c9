# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Keeps watch over what ``ansible.netcommon`` does with libssh: the host key before any secret, one try of a password.

All here runs in a process that serves one connection and nothing else (``nursery``).
"""

from __future__ import annotations

import select
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal, NoReturn

from ..module_utils.errors import ErrorClass
from .connect import network_fault, place
from .dialogue import SessionError
from .session import TERMINAL

try:
    from pylibsshext.errors import LibsshException
except ImportError:
    LibsshException = OSError

# How long one look for output lasts; and the pause where there is no socket of ours to look at.
LOOK_SECONDS = 0.05
POLL_SECONDS = 0.01
PIECE = 65536

Stage = Literal["connect", "auth", "login", "privilege", "setup"]


class Watch:
    """One connection: where to, how far it has come, and why it ended.

    ``tell`` is given ``key=…``, the server's host key in OpenSSH's form, and returns whether the login may go on; then
    ``accepted=…``, the name of the credential. ``silence`` is the longest time in seconds without any output while an
    answer is due, ``seconds`` that of the connect.
    """

    def __init__(self, address: str, port: int, seconds: float, silence: float, tell: Callable[..., bool]) -> None:
        self.stage: Stage = "connect"
        self.fault: SessionError | None = None
        self.line: Line | None = None
        self.silence = silence
        self._address = address
        self._port = port
        self._seconds = seconds
        self._tell = tell
        self._keys = tempfile.TemporaryFile()  # noqa: SIM115 - it ends with this process
        self._socket: socket.socket | None = None

    @property
    def opened(self) -> Line:
        """The line. Raises SessionError before there is one."""
        return self.line or self.fail("internal", "has no line yet")

    @property
    def where(self) -> str:
        """Address and port as messages name them."""
        return place(self._address, self._port)

    def fail(self, error: ErrorClass, message: str) -> NoReturn:
        """End the connection; kept beside, since the plugins in between make another exception of every one."""
        self.fault = SessionError(error, f"{self.where} {message}")
        raise self.fault

    def options(self, given: Mapping[str, Any], kinds: str) -> dict[str, Any]:
        """What libssh is told: a socket of ours, an empty file for the host key, the ``kinds`` of keys to ask for."""
        options = {**given, "knownhosts": f"/dev/fd/{self._keys.fileno()}", "host_key_checking": True}
        if kinds and not given.get("hostkeys"):
            options["hostkeys"] = kinds
        if not given.get("proxycommand"):
            options["fd"] = self._connected().fileno()
        return options

    def shown(self) -> None:
        """Let the host key be judged that libssh has written to the file."""
        self._keys.seek(0)
        words = self._keys.read().decode().split()
        if not self._tell(key=" ".join(words[1:3])):
            self.fail("host_key", "is not trusted")
        self.stage = "auth"

    def accepted(self, name: str) -> None:
        """The device has let the credential in."""
        self.stage = "login"
        self._tell(accepted=name)

    def open(self, channel: Any) -> Line:
        """The line to the device, over a channel that was just opened; wide, so that no line is wrapped."""
        channel.request_pty_size(b"vt100", *TERMINAL)
        self.line = Line(channel, self._socket, self)
        return self.line

    def during(self, stage: Stage, act: Callable[..., Any]) -> Callable[..., Any]:
        """``act``, which is the stage of the connection from then on."""

        def acting(*arguments: Any, **options: Any) -> Any:
            self.stage = stage
            return act(*arguments, **options)

        return acting

    def _connected(self) -> socket.socket:
        try:
            self._socket = socket.create_connection((self._address, self._port), self._seconds)
        except TimeoutError:
            self.fail("connect_timeout", "did not answer")
        except OSError as error:
            self.fault = network_fault(self.where, error)
            raise self.fault from None
        # As libssh has it of its own sockets.
        self._socket.setblocking(False)
        return self._socket


class Line:
    """What stands for libssh's channel: to the plugins while they log in, then to whoever talks to the device.

    The plugins' own loop takes the end of the channel for silence, and waits for ever.
    """

    def __init__(self, channel: Any, connection: socket.socket | None, watch: Watch) -> None:
        self._channel = channel
        self._socket = connection
        self._watch = watch
        self._heard = time.monotonic()
        self._last = b""

    @property
    def last(self) -> bytes:
        """The last line that has come, which is not ended."""
        return self._last

    def sendall(self, data: bytes) -> None:
        """Type ``data``."""
        self._heard = time.monotonic()
        self._channel.write(data)

    def read_bulk_response(self) -> bytes:
        """What has come; nothing after a moment in which nothing came. Raises SessionError for an end or a silence."""
        self._wait([])
        data = self._read()
        if data is None:
            self._watch.fail("unreachable", "closed the session during the login")
        if data:
            self._heard = time.monotonic()
            self._last = (self._last + data).replace(b"\r", b"\n").rpartition(b"\n")[2]
        elif time.monotonic() - self._heard > self._watch.silence:
            self._watch.fail("command_timeout", f"was silent for {self._watch.silence:g} s during the login")
        return data

    def relay(self, caller: socket.socket) -> None:
        """Carry bytes both ways until one end is closed."""
        while True:
            if caller in self._wait([caller]):
                typed = caller.recv(PIECE)
                if not typed:
                    return
                self._channel.write(typed)
            while data := self._read():
                caller.sendall(data)
            if data is None:
                return

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def _wait(self, others: list[socket.socket]) -> list[socket.socket]:
        """Those of ``others`` that have something, as soon as anybody has."""
        ours = [self._socket] if self._socket else []
        return select.select([*others, *ours], [], [], LOOK_SECONDS if ours else POLL_SECONDS)[0]

    def _read(self) -> bytes | None:
        """All that has come; None where the channel has ended."""
        data = bytearray()
        while len(data) < PIECE:
            try:
                piece = self._channel.read_nonblocking()
            except (OSError, LibsshException):
                piece = None
            if piece is None:
                return bytes(data) or None
            if not piece:
                break
            data += piece
        return bytes(data)


def guarded(base: Any, watch: Watch, kinds: str, name: str) -> Any:
    """The class ``base`` of libssh's sessions with a watch; ``name`` is that of the credential."""

    class Session(base):  # type: ignore[misc]
        def connect(self, **options: Any) -> None:
            try:
                super().connect(**watch.options(options, kinds))
            except SessionError:
                raise
            except (OSError, LibsshException) as error:
                watch.fail(*_reason(watch.stage, str(error), name, connected=self.is_connected))
            watch.accepted(name)

        def verify_knownhost(self) -> None:
            self.hostkey_auto_add("")
            watch.shown()

        def authenticate_password(self, password: str) -> None:
            try:
                super().authenticate_password(password)
            except LibsshException as error:
                # No second try of the same password over another method, which would help to lock the account.
                watch.fail(*_reason("auth", str(error), name, connected=self.is_connected))

        def invoke_shell(self) -> Line:
            return watch.open(self.new_channel())

    return Session


def _reason(stage: Stage, told: str, name: str, *, connected: bool) -> tuple[ErrorClass, str]:
    """The class of what libssh told, and a message: its own may hold anything."""
    if stage == "auth":
        if not connected and "disconnect" in told.casefold():
            return "unreachable", "closed the connection"
        return "auth", f"refused the credential {name!r}"
    told = told.casefold()
    if "time" in told:
        return "connect_timeout", "did not complete the login in time"
    if "no match for method" in told:
        return "refused", "offers no SSH algorithm that libssh has"
    if "banner" in told or "protocol" in told or "packet" in told:
        return "refused", "does not speak SSH as it should"
    return "unreachable", "closed the connection"
