# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A way to devices through a jump host that we are logged in to, and whose fault it is where it does not lead there."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..module_utils.errors import ErrorClass
from .dialogue import SessionError

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection

_ADVICE = "mend the way to the jump host, which all devices behind it share; this device itself was not reached"
# The words of OpenSSH and others, in the one free text that they send along.
_REASONS: tuple[tuple[str, ErrorClass, str], ...] = (
    ("refused", "refused", "refused the connection"),
    (f"[errno {errno.ECONNREFUSED}]", "refused", "refused the connection"),
    ("timed out", "connect_timeout", "did not answer"),
    ("timeout", "connect_timeout", "did not answer"),
)
_NO_REASON: tuple[str, ErrorClass, str] = ("", "unreachable", "cannot be reached")


class JumpError(SessionError):
    """A jump host's fault, told as what it is: the record of a device behind it says what to mend."""

    def __init__(self, error: ErrorClass, message: str) -> None:
        super().__init__(error, f"jump host: {message}")
        self.remedy = _ADVICE


@dataclass(frozen=True, slots=True)
class Tunnel:
    """``connection`` is that with the jump host, which messages name by ``where``."""

    connection: SSHClientConnection
    where: str

    def lost(self) -> JumpError | None:
        """The fault where the jump host has gone, and all sessions through it with it."""
        if not self.connection.is_closed():
            return None
        return JumpError("unreachable", f"{self.where} closed the connection")

    def not_opened(self, device: str, error: Any) -> SessionError:
        """The fault where no way to ``device`` was opened; ``error`` is an ``asyncssh.ChannelOpenError``."""
        if lost := self.lost():
            return lost
        if error.code == asyncssh.OPEN_CONNECT_FAILED:
            said = str(error.reason).lower()
            known = next((found for found in _REASONS if found[0] in said), _NO_REASON)
            return SessionError(known[1], f"{device} {known[2]} (through the jump host {self.where})")
        return JumpError("refused", f"{self.where} does not let this account through to {device}")
