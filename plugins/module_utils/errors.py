# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one error the core raises, and the closed list of error classes."""

from __future__ import annotations

from typing import Literal, get_args

ErrorClass = Literal[
    "auth",
    "privilege",
    "connect_timeout",
    "refused",
    "unreachable",
    "host_key",
    "identity",
    "command_timeout",
    "device_timeout",
    "command_rejected",
    "incomplete",
    "leak",
    "path",
    "unsupported",
    "no_address",
    "no_credential",
    "git",
    "push",
    "internal",
]

ERROR_CLASSES: tuple[ErrorClass, ...] = get_args(ErrorClass)

REMEDIES: dict[ErrorClass, str] = {
    "auth": "check the user, password or key of this device, and that its account is not locked",
    "privilege": "set ansible_become_password, or give the account the right to read the configuration",
    "connect_timeout": "check the address and the path to it, or raise netcellar_connect_timeout",
    "refused": "check that SSH is enabled on the device and that ansible_port is right",
    "unreachable": "check the address, the route, and that the device is up",
    "host_key": (
        "learn new keys with `netcellar hostkeys learn JOB` or the playbook netcellar.backup.hostkeys; "
        "if the device was replaced, first remove its line from known_hosts"
    ),
    "identity": "another device answered at this address: correct the address or the name in the source of truth",
    "command_timeout": "the device stopped answering a command: look at its load, or raise netcellar_command_timeout",
    "device_timeout": "the whole session took too long: look at the device's load, or raise netcellar_device_timeout",
    "command_rejected": "the device answered with an error: check the account's rights and the device's software",
    "incomplete": "the text is not whole: see the quarantined file; what Git has of this device stays as it was",
    "leak": "a secret was left after masking: report the line's form, or set a rule for it in a platform file",
    "path": "change netcellar_paths or the device's name so that each device has a path of its own",
    "unsupported": "set ansible_network_os (in Nautobot: the platform's network driver) to a supported platform",
    "no_address": "give the device a primary IP address in the source of truth, or set ansible_host",
    "no_credential": "set ansible_user and ansible_password (or a key file), or list a credential for the job",
    "git": "look at the repository named in the message; what was captured is kept and committed by the next run",
    "push": "look at the remote named in the message; what was committed is kept and pushed by the next run",
    "internal": "this is a fault of Netcellar: please report it with the message",
}


def sentence(text: str) -> str:
    """``text`` with a capital first letter, unless its first word is a name that is written small."""
    return text[:1].upper() + text[1:] if text.split(" ", 1)[0].rstrip(",;:").isalpha() else text


def shown(text: str) -> str:
    """``text`` as a terminal shows it and does not obey it: others may have written parts of it."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else repr(char)[1:-1] for char in text)


class NetcellarError(ValueError):
    """A fault that a person can mend: what is wrong, where, and what to do.

    ``error`` is the class for the record of a device, where the fault belongs to one.
    """

    def __init__(self, message: str, *, remedy: str = "", error: ErrorClass = "internal") -> None:
        message, remedy = shown(message), shown(remedy)
        super().__init__(f"{message}. {sentence(remedy)}" if remedy else message)
        self.message = message
        self.remedy = remedy
        self.error: ErrorClass = error
