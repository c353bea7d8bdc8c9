"""Patterns of host names, as Ansible's ``--limit`` takes them, put together so that each can only leave hosts out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from .errors import BadInputError
from .targets import Exclusion

# A host with a port, a range or a subscript: its colons part nothing.
_ONE_HOST = re.compile(r"(?:[^:\[\]]|\[[^\]]*\])+(?::\d+)?")
_PART = re.compile(r"(?:[^\s:\[\]]|\[[^\]]*\])+")


def narrowed(limit: str | None, further: str | None) -> str | None:
    """The hosts that both leave; None leaves all. Raises BadInputError where Ansible has no words for it."""
    if limit is None or further is None:
        return further if limit is None else limit
    parts = [*_parts(limit), *_parts(further)]
    first, second = (_plain(_parts(each)) or ["all"] for each in (limit, further))
    if len(first) > 1 and len(second) > 1:
        remedy = f"name one host, group or pattern: the job is limited to `{limit}`, which stays so"
        raise BadInputError(f"--limit: `{further}` are several", remedy=remedy)
    several, (one,) = (first, second) if len(second) == 1 else (second, first)
    return ",".join([*several, f"&{one}", *(part for part in parts if part[0] in "&!")])


def without(limit: str | None, exclusions: Sequence[Exclusion]) -> str | None:
    """A limit that leaves out what is excluded."""
    left_out = [f"!{pattern}" for one in exclusions for pattern in one.devices]
    return ",".join([*_parts(limit or "all"), *left_out]) if left_out else limit


def _parts(pattern: str) -> list[str]:
    """As Ansible parts them: by colons only where there is no comma, and then not in an address."""
    if "," in pattern:
        return [part.strip() for part in pattern.split(",") if part.strip()]
    return [pattern.strip()] if _is_one(pattern.strip()) else _PART.findall(pattern)


def _is_one(pattern: str) -> bool:
    try:
        return bool(ipaddress.ip_address(pattern))
    except ValueError:
        return bool(_ONE_HOST.fullmatch(pattern))


def _plain(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if part[0] not in "&!"]
