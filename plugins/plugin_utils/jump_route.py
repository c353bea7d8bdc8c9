# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The jump hosts that the variables of a host name, and the account at them."""

from __future__ import annotations

import re

from ..module_utils.errors import NetcellarError
from .connect import Credential
from .credentials import named_credential
from .jump import Hop
from .variables import HostVariables, VariableError

JUMP_HOST = "netcellar_jump_host"
JUMP_CREDENTIAL = "netcellar_jump_credential"
HIGHEST_PORT = 65535
# As `ssh -J` takes it. An address of IPv6 needs its brackets only where a port follows.
_HOP = re.compile(
    r"(?:(?P<user>[^@\s]+)@)?(?:\[(?P<inner>[0-9A-Za-z:.%_-]+)\]|(?P<bare>[0-9A-Za-z._-]+))(?::(?P<port>\d{1,5}))?",
    re.ASCII,
)
_IPV6 = re.compile(r"(?:(?P<user>[^@\s]+)@)?(?P<address>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Za-z:.%_-]*)", re.ASCII)


def jump_hops(variables: HostVariables) -> tuple[Hop, ...]:
    """The jump hosts on the way to the host, the nearest to us first; none where it is reached directly.

    Raises VariableError for what is no jump host.
    """
    value = variables.texts(JUMP_HOST, ())
    return tuple(_hop(part.strip()) for text in value for part in text.split(",") if text.strip())


def jump_credential(variables: HostVariables) -> Credential:
    """The account at the jump hosts: they never get one that is meant for devices. Raises NetcellarError."""
    value = variables.value(JUMP_CREDENTIAL)
    if value is None or value == "":
        message = f"{JUMP_HOST} is set, and {JUMP_CREDENTIAL} does not say how to log in there"
        raise NetcellarError(message, error="no_credential")
    return named_credential(JUMP_CREDENTIAL, value, usual_name="jump host")


def _hop(text: str) -> Hop:
    if found := _IPV6.fullmatch(text):
        return Hop(found["address"], 22, found["user"] or "")
    found = _HOP.fullmatch(text)
    address = (found["inner"] or found["bare"]) if found else ""
    port = int(found["port"] or 22) if found else 0
    if not found or address.startswith("-") or not 0 < port <= HIGHEST_PORT:
        raise VariableError(JUMP_HOST, "must be a jump host (host, user@host:port, user@[IPv6]:port), or several")
    return Hop(address, port, found["user"] or "")
