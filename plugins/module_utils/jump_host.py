# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Jump hosts as people write them: ``host``, ``user@host:port``, ``user@[2001:db8::1]:port``, several with commas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import NetcellarError

HIGHEST_PORT = 65535
FORMS = "must be a jump host (host, user@host:port, user@[IPv6]:port), or several"
_HOP = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?(?:\[(?P<inner>[0-9A-Za-z:.%_-]+)\]|(?P<bare>[0-9A-Za-z._-]+))(?::(?P<port>\d{1,5}))?",
    re.ASCII,
)
# An address of IPv6 needs its brackets only where a port follows.
_IPV6 = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?(?P<address>[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[0-9A-Za-z._-]+)?)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Hop:
    """A jump host. ``user`` goes before the one of the credential."""

    address: str
    port: int = 22
    user: str = ""


def hops_of(texts: Iterable[str]) -> tuple[Hop, ...]:
    """The jump hosts on the way, the nearest to us first. Raises NetcellarError for what is none."""
    return tuple(_hop(part.strip()) for text in texts for part in text.split(",") if part.strip())


def _hop(text: str) -> Hop:
    if found := _IPV6.fullmatch(text):
        return Hop(found["address"], user=found["user"] or "")
    found = _HOP.fullmatch(text)
    address = (found["inner"] or found["bare"]) if found else ""
    port = int(found["port"] or 22) if found else 0
    if not found or address.startswith("-") or not 0 < port <= HIGHEST_PORT:
        raise NetcellarError(FORMS, error="no_address")
    return Hop(address, port, found["user"] or "")
