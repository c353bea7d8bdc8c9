# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The jump hosts that the variables of a host name, and the account at them."""

from __future__ import annotations

from ..module_utils.errors import NetcellarError
from ..module_utils.jump_host import Hop, hops_of
from .connect import Credential
from .credentials import named_credential
from .variables import HostVariables, VariableError

JUMP_HOST = "netcellar_jump_host"
JUMP_CREDENTIAL = "netcellar_jump_credential"


def jump_hops(variables: HostVariables) -> tuple[Hop, ...]:
    """The jump hosts on the way to the host, the nearest to us first; none where it is reached directly.

    Raises VariableError for what is no jump host.
    """
    try:
        return hops_of(variables.texts(JUMP_HOST, ()))
    except VariableError:
        raise
    except NetcellarError as error:
        raise VariableError(JUMP_HOST, error.message) from None


def jump_credential(variables: HostVariables) -> Credential:
    """The account at the jump hosts: they never get one that is meant for devices. Raises NetcellarError."""
    value = variables.value(JUMP_CREDENTIAL)
    if value is None or value == "":
        message = f"{JUMP_HOST} is set, and {JUMP_CREDENTIAL} does not say how to log in there"
        raise NetcellarError(message, error="no_credential")
    return named_credential(JUMP_CREDENTIAL, value, usual_name="jump host")
