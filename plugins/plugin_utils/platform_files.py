# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Finds the platform file of a device: ``platforms/<network_os>.yml``, by its name or one of its aliases."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..module_utils.errors import NetcellarError
from ..module_utils.platform import Platform, load

FOLDER = Path(__file__).parent / "platforms"
SHARED = "_common.yml"


def platform_for(network_os: str) -> Platform:
    """The platform of a value of ``ansible_network_os``: our own name, an FQCN, a network driver, a netmiko name.

    Raises NetcellarError (class ``unsupported``) for a value that no platform file names: nothing is ever guessed.
    """
    name = _names().get(network_os.strip().casefold())
    if name is None:
        raise NetcellarError(
            f"no platform file is named {network_os!r}, nor has it as an alias",
            remedy=f"supported are: {', '.join(known())}",
            error="unsupported",
        )
    return _platform(name)


@cache
def known() -> tuple[str, ...]:
    """The names of all platform files, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yml") if path.name != SHARED))


@cache
def _platform(name: str) -> Platform:
    platform = load(_raw(f"{name}.yml"), f"{name}.yml", _mapping(SHARED))
    if platform.network_os != name:
        raise NetcellarError(f"{name}.yml: network_os must be {name!r}, like the file", error="unsupported")
    return platform


@cache
def _names() -> Mapping[str, str]:
    """Every name that a platform answers to, in lower case → the name of its file."""
    names: dict[str, str] = {}
    for name in known():
        for alias in (name, *_mapping(f"{name}.yml").get("aliases", ())):
            other = names.setdefault(str(alias).casefold(), name)
            if other != name:
                raise NetcellarError(f"{name}.yml: aliases: {alias!r} belongs to {other}.yml too", error="unsupported")
    return names


def _mapping(file: str) -> dict[str, Any]:
    raw = _raw(file)
    if not isinstance(raw, dict):
        raise NetcellarError(f"{file}: must be a mapping", error="unsupported")
    return raw


@cache
def _raw(file: str) -> object:
    path = FOLDER / file
    try:
        return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (OSError, yaml.YAMLError) as fault:
        raise NetcellarError(f"{file}: cannot be read: {fault}", error="unsupported") from fault
