# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The credentials of a host, in the order in which they are tried."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible import constants, context

from ..module_utils.errors import NetcellarError
from .connect import Credential
from .secrets import credential_entry
from .variables import HostVariables, VariableError

OWN = "inventory"
_PASSWORD = constants.MAGIC_VARIABLE_MAPPING["password"]
_BECOME = constants.MAGIC_VARIABLE_MAPPING["become_pass"]


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What ``-u``, ``-k``, ``--private-key`` and ``-K`` give to hosts that have nothing of their own."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    private_key_file: str | None = None
    become_password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, task: Any, play: Any, task_vars: Mapping[str, Any]) -> CommandLine:
        """What was given to the run of a task that is delegated to this machine; ``play`` is its play context."""
        given = context.CLIARGS
        # Ansible puts what the inventory says of this machine in the place of what the command line gave. That is for
        # this machine alone, such as its password for sudo: no device may ever be shown it.
        here = task_vars.get("ansible_delegated_vars", {}).get(task.delegate_to, {})
        return cls(
            user=task.remote_user or given.get("remote_user"),
            password=None if any(name in here for name in _PASSWORD) else play.password or None,
            private_key_file=given.get("private_key_file"),
            become_password=None if any(name in here for name in _BECOME) else play.become_pass or None,
        )


def credentials_of(variables: HostVariables, command_line: CommandLine) -> tuple[Credential, ...]:
    """The host's own credential first, then those of ``netcellar_credentials``.

    Raises NetcellarError of class no_credential when there is none, or one that is named is not to be found.
    """
    become = variables.value("ansible_become_password") or command_line.become_password
    become = None if become is None else str(become)
    found = [*_own(variables, command_line, become), *_listed(variables, become)]
    if not found:
        raise NetcellarError(
            "there is no credential: neither a user with a password or a key file, nor netcellar_credentials",
            error="no_credential",
        )
    return tuple(found)


def _own(variables: HostVariables, command_line: CommandLine, become: str | None) -> Iterator[Credential]:
    user = variables.text("ansible_user", command_line.user or "")
    password = variables.value("ansible_password", command_line.password)
    key = variables.value("ansible_ssh_private_key_file", command_line.private_key_file)
    agent = _agent(OWN, variables.value("netcellar_ssh_agent", False))
    if user and (password or key or agent):
        yield Credential(OWN, user, None if password is None else str(password), key or None, become, agent)


def _listed(variables: HostVariables, become: str | None) -> Iterator[Credential]:
    entries = variables.value("netcellar_credentials", [])
    if not isinstance(entries, list):
        raise VariableError("netcellar_credentials", "must be a list")
    for number, entry in enumerate(entries, start=1):
        yield named_credential("netcellar_credentials", entry, become, usual_name=f"number {number}")


def named_credential(variable: str, entry: Any, become: str | None = None, *, usual_name: str) -> Credential:
    """The credential of an entry of ``variable``: the name of one in the secrets file, or a mapping.

    ``usual_name`` is that of a mapping without a name. Raises NetcellarError of class no_credential.
    """
    if isinstance(entry, str):
        return _credential(entry, credential_entry(entry), become)
    if isinstance(entry, Mapping):
        return _credential(str(entry.get("name") or usual_name), entry, become)
    raise VariableError(variable, f"has an entry ({usual_name}) that is no name and no mapping")


def _credential(name: str, entry: Mapping[str, Any] | None, become: str | None) -> Credential:
    if entry is None:
        raise NetcellarError(f"the credential {name!r} is not in the secrets file", error="no_credential")
    values = {key: entry.get(key) for key in ("user", "password", "private_key_file", "become_password")}
    if any(value is not None and not isinstance(value, str | int) for value in values.values()):
        raise NetcellarError(f"the credential {name!r} has a value that is no string", error="no_credential")
    agent = _agent(name, entry.get("agent", False))
    if not values["user"] or not (values["password"] or values["private_key_file"] or agent):
        message = f"the credential {name!r} needs a user, and a password, a private_key_file or an agent"
        raise NetcellarError(message, error="no_credential")
    texts = {key: None if value is None else str(value) for key, value in values.items()}
    return Credential(
        name,
        str(texts["user"]),
        texts["password"],
        texts["private_key_file"],
        texts["become_password"] or become,
        agent,
    )


def _agent(name: str, wanted: Any) -> str | None:
    """The socket of the user's SSH agent, where it is wanted."""
    if not wanted:
        return None
    socket = os.environ.get("SSH_AUTH_SOCK")
    if not socket:
        message = f"the credential {name!r} is in the SSH agent, and SSH_AUTH_SOCK names none"
        raise NetcellarError(message, error="no_credential")
    return socket
