"""The settings of a job that become Ansible variables: their names, types and limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from .reading import Section

Setting = str | int | tuple[str, ...] | Mapping[str, str]
PREFIX = "netcellar_"


def _choice(*choices: str) -> Callable[[Section, str], Setting | None]:
    return lambda part, name: part.choice(name, choices)


def _number(low: int, high: int) -> Callable[[Section, str], Setting | None]:
    return lambda part, name: part.number(name, low, high)


def _flag(part: Section, name: str) -> Setting | None:
    return part.flag(name, False) if part.has(name) else None


def _paths(part: Section, name: str) -> Setting | None:
    """One path template for all artifacts, or one per artifact."""
    if not part.has(name):
        return None
    if not isinstance(part.values[name].value, dict):
        return part.text(name)
    inner = part.section(name)
    return {key: value for key in inner.values if (value := inner.text(key, required=True)) is not None}


def _stamp_field(part: Section, name: str) -> Setting | None:
    value = part.text(name)
    if value is not None and not value.replace("_", "").isalnum():
        part.fault(name, f"`{value}` is no key of a custom field", "write its key, such as last_backup, without cf_")
        return None
    if value is not None and value.startswith("cf_"):
        part.fault(name, f"`{value}` begins with cf_", f"write the key alone: {value.removeprefix('cf_')}")
        return None
    return value


def _max_change(part: Section, name: str) -> Setting | None:
    if not part.has(name):
        return None
    value = part.values[name].value
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,6}|\d{1,2}(\.\d+)? ?%|100 ?%", str(value), re.ASCII):
        part.fault(name, f"`{value}` is neither a number of devices nor a share", "write `25` or `10%`")
        return None
    return value if isinstance(value, int) else str(value)


GUARDS = ("max_change", "min_devices", "on_source_failure")
"""The settings that say which set of devices a job accepts."""

SETTINGS: Mapping[str, Callable[[Section, str], Setting | None]] = {
    "artifacts": Section.texts,
    "paths": _paths,
    "stamp_field": _stamp_field,
    "secrets": _choice("mask", "keep"),
    "host_keys": _choice("strict", "learn", "off"),
    "identity": _choice("strict", "learn", "off"),
    "two_reads": _choice("auto", "always", "never"),
    "known_hosts": Section.text,
    "ssh_agent": _flag,
    "ssh_algorithms": _choice("modern", "legacy"),
    "max_change": _max_change,
    "min_devices": _number(1, 1_000_000),
    "on_source_failure": _choice("refuse", "last_known"),
    "verdict": _choice("all", "notable", "off"),
    "concurrency": _number(1, 5000),
    "limit_by": _choice("none", "location", "platform"),
    "group_limit": _number(1, 5000),
    "start_jitter": _number(0, 3600),
    "retries": _number(0, 10),
    "retry_delay": _number(1, 3600),
    "max_unproven": _number(1, 5000),
    "max_refused": _number(1, 5000),
    "connect_timeout": _number(1, 3600),
    "command_timeout": _number(1, 86400),
    "device_timeout": _number(1, 86400),
}


def read_settings(part: Section, others: tuple[str, ...]) -> dict[str, Setting]:
    """The settings that the job gives, by their variable's full name. ``others`` are the job's own keys."""
    part.only((*others, *SETTINGS))
    values = {PREFIX + name: read(part, name) for name, read in SETTINGS.items()}
    if isinstance(known_hosts := values["netcellar_known_hosts"], str):
        values["netcellar_known_hosts"] = str(part.file.parent / Path(known_hosts).expanduser())
    return {name: value for name, value in values.items() if value is not None}
