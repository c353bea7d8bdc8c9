# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""SSH host keys: which are trusted, and how a new one is learned. A changed key is never trusted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from ..module_utils.errors import NetcellarError
from .durable import make_private

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from asyncssh import SSHKey, SSHKnownHosts

Policy = Literal["strict", "learn", "off"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
SSH_PORT = 22


class HostKeys:
    """The keys that are known. ``managed`` is our own file; ``others`` are read too, and never written.

    ``strict``: only known keys. ``learn``: the key of a host that has none yet is added to ``managed``. ``off``: any
    key, and that of a man in the middle too.
    """

    def __init__(self, policy: Policy, managed: Path, others: Sequence[Path] = ()) -> None:
        self.policy = policy
        self.managed = managed
        self._known: SSHKnownHosts | None = None
        if policy != "off":
            self._known = asyncssh.SSHKnownHosts()
            for path in (managed, *others):
                for line in _lines(path):
                    self._load(line)

    @property
    def known(self) -> SSHKnownHosts | None:
        """For asyncssh: the known keys, or None where every key will do."""
        return self._known

    def has(self, address: str, port: int) -> bool:
        """Whether a key of this host is known, be it the right one or not."""
        return bool(self._of(address, port))

    def fingerprints(self, address: str, port: int) -> list[str]:
        """Those of the keys that are known of this host, as ``ssh-keygen -l`` shows them."""
        return sorted(fingerprint(key) for key in self._of(address, port))

    def algorithms(self, address: str, port: int) -> list[str]:
        """The kinds of signature that the known keys of this host can make; empty where none is known."""
        return list(dict.fromkeys(each.decode() for key in self._of(address, port) for each in key.sig_algorithms))

    def trusts(self, address: str, port: int, key: SSHKey) -> bool:
        """Whether a key that this host shows is a known one and not revoked, or every key will do."""
        if self._known is None:
            return True
        known, _authorities, revoked, *_others = self._known.match(address, "", None if port == SSH_PORT else port)
        return key in known and key not in revoked

    def may_learn(self, address: str, port: int) -> bool:
        """Whether a key that is not known may be accepted from this host."""
        return self.policy == "learn" and not self.has(address, port)

    def learn(self, address: str, port: int, key: SSHKey) -> None:
        """Add the key of a host that has none yet. Raises NetcellarError when it cannot be written."""
        name = address if port == SSH_PORT else f"[{address}]:{port}"
        line = f"{name} {key.export_public_key().decode().strip()}\n"
        try:
            make_private(self.managed.parent)
            # One write at the end of the file is whole, also beside other processes that do the same.
            descriptor = os.open(self.managed, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, line.encode())
            finally:
                os.close(descriptor)
        except OSError as error:
            message = f"cannot write the host key of {name} to {self.managed}: {error.strerror}"
            raise NetcellarError(message, error="host_key") from error
        self._load(line)

    def _of(self, address: str, port: int) -> list[SSHKey]:
        known = self._known
        return [] if known is None else list(known.match(address, "", None if port == SSH_PORT else port)[0])

    def _load(self, line: str) -> None:
        try:
            if self._known is not None:
                self._known.load(line)
        except ValueError:
            # A line that cannot be read trusts nobody; the host that it was for stays unknown.
            return


def fingerprint(key: SSHKey) -> str:
    """What people compare keys by: ``SHA256:…``."""
    return str(key.get_fingerprint())


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise NetcellarError(f"cannot read the host keys in {path}: {error.strerror}", error="host_key") from error
