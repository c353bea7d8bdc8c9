# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The groups that a saved inventory makes itself: no host may have the name of one.

Ansible alone evaluates the expressions in ``keyed_groups``. But how the names of those groups begin stands in the file,
and hardly ever does a device's name begin so: only then need anybody wait for Ansible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_ANY = ""
_UNFIT = re.compile(r"\W")


def named_groups(document: Mapping[str, Any]) -> set[str]:
    """The groups that the document names in ``groups``, whether or not a host will be in them."""
    groups = document.get("groups")
    return {form for name in groups for form in _forms(str(name))} if isinstance(groups, Mapping) else set()


def may_be_keyed(document: Mapping[str, Any], names: Iterable[str | None]) -> bool:
    """Whether a keyed group of the document may have one of these names."""
    starts = tuple({form for start in _starts(document) for form in _forms(start)})
    return bool(starts) and any(name.startswith(starts) for name in names if name)


def _starts(document: Mapping[str, Any]) -> Iterator[str]:
    """How the names of keyed groups and their parents begin."""
    keyed = document.get("keyed_groups")
    for entry in keyed if isinstance(keyed, list) else ():
        if not isinstance(entry, Mapping):
            continue  # Ansible says so
        prefix = str(entry.get("prefix", ""))
        bare = prefix == "" and document.get("leading_separator") is False
        yield _ANY if bare else f"{prefix}{entry.get('separator', '_')}"
        if entry.get("parent_group"):
            yield str(entry["parent_group"]).partition("{")[0]


def _forms(name: str) -> tuple[str, str]:
    """A name as it is written, and as Ansible writes it where TRANSFORM_INVALID_GROUP_CHARS is set."""
    return name, _UNFIT.sub("_", name)
