# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Logs in through ``ansible.netcommon.network_cli``: its libssh connection and the terminal plugin of a platform.

What the children of the ``nursery`` need is loaded before it is made, the plugins too: else each loads them by itself,
which is two thirds of the price of a connection.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.connection import ConnectionError as CommandError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import cliconf_loader, connection_loader, terminal_loader

from ..module_utils.errors import ErrorClass, NetcellarError
from .dialogue import SessionError
from .libssh import Line, Stage, Watch, guarded

NETWORK_CLI = "ansible.netcommon.network_cli"
LIBSSH = "ansible.netcommon.libssh"
_REMEDY = "pip install 'netcellar[netcommon]' (docs/how-to/network_cli.md)"
# What the plugins report where the watch saw nothing wrong: at which stage it was tells what it means.
_FAILED: Mapping[Stage, tuple[ErrorClass, str]] = {
    "connect": ("unreachable", "cannot be reached through network_cli"),
    "auth": ("auth", "refused the login"),
    "login": ("command_timeout", "sent no prompt that its terminal plugin knows"),
    "privilege": ("privilege", "gave its terminal plugin no more rights"),
    "setup": ("command_rejected", "does not let its terminal plugin set the terminal up"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One connection that is to be opened: where to, who, and as what.

    ``network_os`` is the name of the terminal plugin, ``kinds`` the host key algorithms to ask for, ``options`` the
    variables of the plugins. ``seconds`` are for the connect, ``silence`` for each answer.
    """

    address: str
    port: int
    network_os: str
    name: str
    user: str = field(repr=False)
    password: str | None = field(repr=False)
    private_key_file: str | None = field(repr=False)
    become_password: str | None = field(repr=False)
    agent: bool
    kinds: str
    seconds: float
    silence: float
    options: Mapping[str, Any] = field(repr=False)

    def order(self) -> bytes:
        """As a child of the nursery gets it."""
        return json.dumps(asdict(self)).encode()


@cache
def require_netcommon() -> None:
    """Raises NetcellarError of class unsupported where the plugins, or libssh, are not installed."""
    if connection_loader.get(NETWORK_CLI, class_only=True) is None:
        message = "netcellar_transport is network_cli, and the collection ansible.netcommon is not installed"
        raise NetcellarError(message, remedy=_REMEDY, error="unsupported")
    if find_spec("pylibsshext") is None:
        message = "netcellar_transport is network_cli, and the Python package ansible-pylibssh is not installed"
        raise NetcellarError(message, remedy=_REMEDY, error="unsupported")
    for needed in ("local", "ssh"):
        connection_loader.get(needed, class_only=True)


@cache
def terminal_of(names: Iterable[str]) -> str:
    """The first of the names of a platform that a terminal plugin has. Raises NetcellarError of class unsupported."""
    wanted = list(names)
    for name in wanted:
        if terminal_loader.find_plugin_with_context(name).resolved:
            for loader in (terminal_loader, cliconf_loader):
                loader.get(name, class_only=True)
            return name
    full = next((name for name in wanted if name.count(".") >= 2), wanted[0])  # noqa: PLR2004 - namespace.name.plugin
    message = f"netcellar_transport is network_cli, and no installed collection has a terminal plugin {full}"
    remedy = f"ansible-galaxy collection install {full.rpartition('.')[0]}" if "." in full else ""
    raise NetcellarError(message, remedy=remedy, error="unsupported")


@cache
def option_names() -> frozenset[str]:
    """The variables that the two connection plugins read."""
    found: set[str] = set()
    for plugin in (NETWORK_CLI, LIBSSH):
        loaded = connection_loader.get(plugin, class_only=True)
        found.update(constants.config.get_plugin_vars("connection", loaded._load_name))
    return frozenset(found)


def serve(order: bytes, caller: socket.socket) -> None:
    """Open what was ordered, and relay it: what is told to the caller is lines of JSON, up to ``ready``."""
    call = Call(**json.loads(order))

    def tell(**words: str) -> bool:
        _tell(caller, **words)
        return "key" not in words or bool(caller.recv(1))

    watch = Watch(call.address, call.port, call.seconds, call.silence, tell)
    try:
        line = _logged_in(call, watch)
    except SessionError as fault:
        _tell(caller, error=fault.error, message=fault.message)
    else:
        _tell(caller, ready=line.last.decode("utf-8", "replace"))
        line.relay(caller)
        line.close()


def _tell(caller: socket.socket, **words: str) -> None:
    caller.sendall(json.dumps(words).encode() + b"\n")


def _logged_in(call: Call, watch: Watch) -> Line:
    """The line to the device, when the terminal plugin is done with it. Raises SessionError."""
    connection = connection_loader.get(NETWORK_CLI, _play(call), os.devnull)
    connection.force_persistence = False
    connection.set_options(var_options=call.options, direct=_direct(call))
    ssh = sys.modules[type(connection.ssh_type_conn).__module__]
    # This process serves one connection, so the class of all sessions may be the class of ours.
    ssh.Session = guarded(ssh.Session, watch, call.kinds, call.name)  # type: ignore[attr-defined]
    terminal = connection._terminal
    terminal.on_become = watch.during("privilege", terminal.on_become)
    terminal.on_open_shell = watch.during("setup", terminal.on_open_shell)
    try:
        connection._connect()
    except (AnsibleError, CommandError, SessionError, OSError):
        if watch.fault is None:
            error, message = _FAILED[watch.stage]
            watch.fault = SessionError(error, f"{watch.where} {message}")
        raise watch.fault from None
    return watch.opened


def _play(call: Call) -> PlayContext:
    """The part of the options that the plugins take from another place."""
    play = PlayContext()
    play.remote_addr, play.port, play.remote_user = call.address, call.port, call.user
    play.password, play.private_key_file = call.password, call.private_key_file
    play.timeout, play.network_os = max(1, int(call.seconds)), call.network_os
    play.become = bool(call.options.get("ansible_become"))
    play.become_pass = call.become_password
    return play


def _direct(call: Call) -> dict[str, Any]:
    """What is stronger than the host's variables: they may be of another credential."""
    return {
        "host": call.address,
        "remote_addr": call.address,
        "port": call.port,
        "network_os": call.network_os,
        "remote_user": call.user,
        "password": call.password,
        "private_key_file": call.private_key_file,
        "ssh_type": "libssh",
        "look_for_keys": call.agent,
        "network_cli_retries": 0,
        "persistent_log_messages": False,
        "single_user_mode": False,
    }
