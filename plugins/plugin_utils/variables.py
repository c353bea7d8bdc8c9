# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The variables of each host inside a task that runs once for a whole batch.

Such a task sees the variables of the batch's first host. What is the host's own and what is the play's is told apart
here, so that a value of the first host never reaches another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ansible.constants import COMMON_CONNECTION_VARS
from ansible.errors import AnsibleError

from ..module_utils.errors import ErrorClass, NetcellarError

Word = TypeVar("Word", bound=str)

# What each variable is about: the class with which a host is rejected when it cannot be read.
_CLASSES: Mapping[str, ErrorClass] = {
    "ansible_host": "no_address",
    "ansible_port": "no_address",
    "ansible_network_os": "unsupported",
    "netcellar_transport": "unsupported",
    "netcellar_artifacts": "unsupported",
    "netcellar_platforms": "unsupported",
    "netcellar_experimental": "unsupported",
    "netcellar_paths": "path",
    "ansible_user": "no_credential",
    "ansible_password": "no_credential",
    "ansible_become_password": "no_credential",
    "ansible_ssh_private_key_file": "no_credential",
    "netcellar_credentials": "no_credential",
    "netcellar_ssh_agent": "no_credential",
    "netcellar_ssh_algorithms": "refused",
    "netcellar_jump_host": "no_address",
    "netcellar_jump_credential": "no_credential",
    "netcellar_max_unproven": "no_credential",
    "netcellar_max_refused": "no_credential",
    "netcellar_connect_timeout": "connect_timeout",
    "netcellar_command_timeout": "command_timeout",
    "netcellar_device_timeout": "device_timeout",
    "netcellar_host_keys": "host_key",
    "netcellar_known_hosts": "host_key",
    "netcellar_identity": "identity",
    "netcellar_device": "identity",
    "netcellar_secrets": "leak",
}
# The roles set these for their tasks, which run on this machine: they say nothing about a host.
_OF_THE_TASK = frozenset({"ansible_become", "ansible_connection", "ansible_remote_tmp", "ansible_shell_type"})
# Older names that Ansible still knows.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "ansible_host": ("ansible_ssh_host",),
    "ansible_port": ("ansible_ssh_port",),
    "ansible_user": ("ansible_ssh_user",),
    "ansible_password": ("ansible_ssh_pass", "ansible_ssh_password"),
    "ansible_become_password": ("ansible_become_pass",),
    "ansible_ssh_private_key_file": ("ansible_private_key_file",),
}


class VariableError(NetcellarError):
    """A variable of one host cannot be used; the message names it and holds nothing of its value."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"the variable {name} {reason}",
            remedy=f"correct {name} where this host, its group or the play sets it",
            error=_CLASSES.get(name, "internal"),
        )


class Variables:
    """The variables of all hosts of a play. ``templar`` is that of the task, ``task_vars`` what it was given."""

    def __init__(self, task_vars: Mapping[str, Any], templar: Any) -> None:
        self._templar = templar
        self._hosts = task_vars["hostvars"]
        own = self._hosts.raw_get(task_vars["inventory_hostname"])
        here: dict[str, Any] = {}
        for machine in task_vars.get("ansible_delegated_vars", {}):
            here.update(self._hosts.raw_get(machine))
        # Role defaults and the like: a host's own value is stronger. Where the play's value differs from the one that
        # the inventory has for the same host, the play's is the stronger one, for all hosts.
        self._weak = {
            name: value
            for name, value in task_vars.items()
            if name not in own and name not in _OF_THE_TASK and not _of_this_machine(name, value, here)
        }
        # Compared only where it is another object: an equal one may be vaulted, and comparing would decrypt it.
        self._strong = {
            name: value
            for name, value in task_vars.items()
            if name in own and name not in _OF_THE_TASK and value is not own[name] and value != own[name]
        }

    def of(self, host: str) -> HostVariables:
        """The variables of one host."""
        merged = {**self._weak, **self._hosts.raw_get(host), **self._strong}
        return HostVariables(merged, self._templar.copy_with_new_env(available_variables=merged))


def _of_this_machine(name: str, value: Any, here: Mapping[str, Any]) -> bool:
    """Whether Ansible added this connection variable, for the machine that a task is delegated to.

    It does so where the first host has none. ``here`` holds that machine's own variables. No play gives all its hosts
    one address, so an address is never taken for one of the play's.
    """
    if name not in COMMON_CONNECTION_VARS:
        return False
    return name == "ansible_host" or (name in here and bool(here[name] == value))


class HostVariables:
    """The variables of one host, templated when they are asked for."""

    def __init__(self, values: Mapping[str, Any], templar: Any) -> None:
        self._values = values
        self._templar = templar

    def value(self, name: str, default: Any = None) -> Any:
        """A value in plain types, or the default where it is not set, or set to None. Raises VariableError."""
        for known in (name, *_ALIASES.get(name, ())):
            if known in self._values:
                try:
                    value = plain(self._templar.template(self._values[known]))
                except AnsibleError as error:
                    raise VariableError(known, _reason(error)) from None
                return default if value is None else value
        return default

    def _answer(self, name: str, default: Any) -> Any:
        # An empty text is what AWX makes of a question of a survey that nobody answered.
        value = self.value(name, default)
        return default if value == "" else value

    def text(self, name: str, default: str = "") -> str:
        """A string, or a number as one."""
        value = self.value(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise VariableError(name, "must be a string")
        return str(value)

    def number(self, name: str, default: float, *, zero: bool = False) -> float:
        """A positive number (or with ``zero`` 0 too), which may be written as a string."""
        value = self._answer(name, default)
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = -1.0
        if isinstance(value, bool) or not 0 <= number < float("inf") or (number == 0 and not zero):
            raise VariableError(name, "must be a number from 0 on" if zero else "must be a number above 0")
        return number

    def texts(self, name: str, default: Sequence[str]) -> list[str]:
        """A list of strings, or one string alone."""
        value = self._answer(name, list(default))
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise VariableError(name, "must be a list of strings")
        return value

    def choice(self, name: str, choices: Sequence[Word], default: Word) -> Word:
        """One of the choices."""
        value = self._answer(name, default)
        value = "off" if value is False else value  # "off" without quotes is false in YAML
        for word in choices:
            if word == value:
                return word
        raise VariableError(name, f"must be one of {', '.join(choices)}")


def plain(value: Any) -> Any:
    """``value`` without Ansible's own types: vaulted, lazy or tagged ones become what they stand for."""
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return "".join((str(value),))


def _reason(error: AnsibleError) -> str:
    """Why a template failed, as far as it holds nothing of the value: the name of what is not defined."""
    message = str(getattr(error, "message", error)).splitlines()
    undefined = next((line for line in message if line.endswith("is undefined")), None)
    return f"cannot be templated: {undefined}" if undefined else "cannot be templated"
