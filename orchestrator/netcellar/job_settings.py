"""The settings of a job that become Ansible variables: their names, types and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .core import NetcellarError, PathTemplate, hops_of
from .fields import Choice, Field, Fields, Flag, Number, Schema, Text, Texts
from .reading import Section

Setting = str | int | float | tuple[str, ...] | Mapping[str, str]
PREFIX = "netcellar_"
CHANGE = re.compile(r"\d{1,6}|\d{1,2}(\.\d+)? ?%|100 ?%", re.ASCII)


class PathTemplates:
    """One path template for all artifacts, or one per artifact."""

    def read(self, part: Section, name: str) -> Setting | None:
        if not isinstance(part.values[name].value, dict):
            return self._checked(part, name)
        inner = part.section(name)
        return {key: value for key in inner.values if (value := self._checked(inner, key)) is not None}

    def _checked(self, part: Section, name: str) -> str | None:
        value = part.text(name, required=True)
        try:
            return PathTemplate.parse(value).text if value is not None else None
        except NetcellarError as error:
            part.fault(name, error.message, error.remedy)
            return None

    def schema(self) -> Schema:
        text = Text().schema()
        return {"oneOf": [text, {"type": "object", "additionalProperties": text}]}


class CustomField:
    """The key of a Nautobot custom field."""

    def read(self, part: Section, name: str) -> Setting | None:
        value = part.text(name)
        if value is not None and not value.replace("_", "").isalnum():
            part.fault(
                name, f"`{value}` is no key of a custom field", "write its key, such as last_backup, without cf_"
            )
            return None
        if value is not None and value.startswith("cf_"):
            part.fault(name, f"`{value}` begins with cf_", f"write the key alone: {value.removeprefix('cf_')}")
            return None
        return value

    def schema(self) -> Schema:
        return {"type": "string", "pattern": r"^(?!cf_)\w*[^\W_]\w*$"}


class Share:
    """A share above 0 and up to 1, such as 0.3."""

    def read(self, part: Section, name: str) -> Setting | None:
        value = part.values[name].value
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            part.fault(name, f"`{value}` is no share above 0 and up to 1", "write it like 0.3")
            return None
        return float(value)

    def schema(self) -> Schema:
        return {"type": "number", "exclusiveMinimum": 0, "maximum": 1}


class JumpHosts:
    """A jump host, or several on the way, the nearest first."""

    def read(self, part: Section, name: str) -> Setting | None:
        several = isinstance(part.values[name].value, list)
        if several and not part.values[name].value:
            part.fault(name, "names no host", "write it like backup@bastion.example.com:22, or leave it out")
            return None
        texts = (part.texts(name) or ()) if several else (part.text(name) or "",)
        try:
            return texts if hops_of(texts) else None
        except NetcellarError as error:
            part.fault(name, error.message, "write it like backup@bastion.example.com:22")
            return None

    def schema(self) -> Schema:
        return {"oneOf": [Text().schema(), Texts().schema()]}


class Change:
    """How many devices may come and go: a number or a share."""

    def read(self, part: Section, name: str) -> Setting | None:
        value = part.values[name].value
        if isinstance(value, bool) or not CHANGE.fullmatch(str(value)):
            part.fault(name, f"`{value}` is neither a number of devices nor a share", "write `25` or `10%`")
            return None
        return value if isinstance(value, int) else str(value)

    def schema(self) -> Schema:
        number = {"type": "integer", "minimum": 0, "maximum": 999_999}
        return {"oneOf": [number, {"type": "string", "pattern": f"^({CHANGE.pattern})$"}]}


GUARDS = ("max_change", "min_devices", "on_source_failure")
"""The settings that say which set of devices a job accepts."""

SETTINGS: Fields = {
    "artifacts": Field(Texts(some=True), "which texts to keep, such as running and startup"),
    "paths": Field(PathTemplates(), "path in the repository: a template, or one per artifact"),
    "stamp_field": Field(CustomField(), "custom field of Nautobot (type date) that takes the date of the capture"),
    "secrets": Field(Choice(("mask", "keep")), "whether passwords and keys are replaced before anything is kept"),
    "host_keys": Field(Choice(("strict", "learn", "off")), "which SSH host keys are trusted"),
    "identity": Field(Choice(("strict", "learn", "off")), "who a device must be, by name and serial number"),
    "two_reads": Field(Choice(("auto", "always", "never")), "whether a text is read twice"),
    "max_shrink": Field(Share(), "a text that lost more than this share of the last good one is read again"),
    "platforms": Field(Text(), "folder with platform files of your own"),
    "experimental": Field(Texts(), "experimental platforms that are used all the same"),
    "jump_host": Field(JumpHosts(), "the way to the devices: host, user@host:port, or a list, the nearest first"),
    "known_hosts": Field(Text(), "file of known host keys, in OpenSSH's format"),
    "ssh_agent": Field(Flag(), "try the keys of the SSH agent"),
    "ssh_algorithms": Field(Choice(("modern", "legacy")), "legacy: also what only old devices know"),
    "departed": Field(Choice(("keep", "attic", "remove")), "what becomes of the files of devices that have left"),
    "max_departed": Field(Change(), "so many devices may leave in one run: a number or a share"),
    "max_change": Field(Change(), "how many devices may leave or enter since the last good run: 25 or 10%"),
    "min_devices": Field(Number(1, 1_000_000), "the least number of devices of the inventory"),
    "on_source_failure": Field(Choice(("refuse", "last_known")), "what to do where Nautobot is down"),
    "verdict": Field(Choice(("all", "notable", "off")), "which hosts get a task of their own in the last play"),
    "concurrency": Field(Number(1, 5000), "sessions that are open at one time"),
    "limit_by": Field(Choice(("none", "location", "platform")), "what shares group_limit"),
    "group_limit": Field(Number(1, 5000), "sessions at one time with devices of one location or platform"),
    "start_jitter": Field(Number(0, 3600), "seconds within which the first sessions begin"),
    "retries": Field(Number(0, 10), "how often a device is tried once more at once; see also rounds"),
    "retry_delay": Field(Number(1, 3600), "seconds before that"),
    "max_unproven": Field(Number(1, 5000), "logins at one time with a credential that no device has accepted yet"),
    "max_refused": Field(Number(1, 5000), "refusals after which a credential is tried no more"),
    "connect_timeout": Field(Number(1, 3600), "seconds until a host has let us in"),
    "command_timeout": Field(Number(1, 86400), "longest silence in an answer, in seconds"),
    "device_timeout": Field(Number(1, 86400), "longest time for a host as a whole, in seconds"),
}


def settings_of(part: Section, values: Mapping[str, Any]) -> dict[str, Setting]:
    """The settings among the values of a job, by their variable's full name."""
    given = {PREFIX + name: values[name] for name in SETTINGS if values[name] is not None}
    for name in ("netcellar_known_hosts", "netcellar_platforms"):
        if path := given.get(name):
            given[name] = str(part.place(name.removeprefix(PREFIX), str(path)))
    folder = given.get("netcellar_platforms")
    if folder and not Path(str(folder)).is_dir():
        part.fault("platforms", f"there is no folder {folder}", "correct the path, or make the folder")
    return given
