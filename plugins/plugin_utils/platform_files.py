# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Finds the platform file of a device: ``<network_os>.yml``, by its name or one of its aliases.

A user's folder adds platforms, and overrides ours: a file of the same name takes the place of ours, aliases and all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..module_utils.errors import NetcellarError
from ..module_utils.hints import did_you_mean
from ..module_utils.platform import Platform
from ..module_utils.platform_load import load

FOLDER = Path(__file__).parent / "platforms"
SHARED = FOLDER / "_common.yml"
_MEND = "mend the platform file"


def platform_for(network_os: str, folder: Path | None = None, experimental: Collection[str] = ()) -> Platform:
    """The platform of a value of ``ansible_network_os``: our own name, an FQCN, a network driver, a netmiko name.

    ``folder`` holds the user's own platform files; ``experimental`` names the platforms that are used though nobody
    has tried them. Raises NetcellarError (class ``unsupported``) for a value that no platform file names: nothing is
    ever guessed.
    """
    if not network_os.strip():
        raise NetcellarError("ansible_network_os is not set", error="unsupported")
    name = _names(folder).get(network_os.strip().casefold())
    if name is None:
        raise NetcellarError(
            f"ansible_network_os is {network_os!r}, and no platform is called so",
            remedy=did_you_mean(network_os, known(folder)) or f"supported are: {', '.join(known(folder))}",
            error="unsupported",
        )
    platform = _platform(_files(folder)[name])
    if platform.experimental and not {name, network_os}.intersection(experimental):
        raise NetcellarError(
            f"{name} is experimental: its file was written from documents, and never tried on a device",
            remedy=f"to use it all the same, set netcellar_experimental: [{name}]",
            error="unsupported",
        )
    return platform


@cache
def known(folder: Path | None = None) -> tuple[str, ...]:
    """The names of all platforms that need no permission, sorted."""
    return tuple(name for name, path in _files(folder).items() if not _mapping(path).get("experimental"))


@cache
def experimental_ones(folder: Path | None = None) -> tuple[str, ...]:
    """The names of the platforms that are off until a user asks for them, sorted."""
    return tuple(name for name, path in _files(folder).items() if _mapping(path).get("experimental"))


@cache
def artifacts(folder: Path | None = None) -> frozenset[str]:
    """The names of the artifacts that any platform has. Reads no more of the files, which takes a second for all."""
    found = (_mapping(path).get("artifacts") for path in _files(folder).values())
    return frozenset(str(name) for names in found if isinstance(names, dict) for name in names)


@cache
def _files(folder: Path | None) -> Mapping[str, Path]:
    """The name of each platform → its file; the user's before ours."""
    if folder is not None and not folder.is_dir():
        message = f"netcellar_platforms: there is no folder {folder}"
        raise NetcellarError(message, remedy="correct netcellar_platforms", error="unsupported")
    found = {path.stem: path for each in (FOLDER, folder) if each for path in each.glob("*.yml") if path != SHARED}
    return dict(sorted(found.items()))


@cache
def _platform(path: Path) -> Platform:
    try:
        platform = load(_raw(path), _shown(path), _mapping(SHARED))
    except NetcellarError as fault:
        raise NetcellarError(fault.message, remedy=fault.remedy or _MEND, error=fault.error) from None
    if platform.network_os != path.stem:
        raise _fault(path, f"network_os: must be {path.stem!r}, like the file")
    return platform


@cache
def _names(folder: Path | None) -> Mapping[str, str]:
    """Every name that a platform answers to, in lower case → the name of its file; the user's aliases before ours."""
    names: dict[str, str] = {}
    ours: dict[str, str] = {}
    for name, path in _files(folder).items():
        mine = ours if path.parent == FOLDER else names
        for alias in _called(name, path):
            other = mine.setdefault(alias, name)
            if other != name:
                raise _fault(path, f"aliases: {alias!r} belongs to {other}.yml too")
    return {**ours, **names}


def _called(name: str, path: Path) -> Iterator[str]:
    aliases = _mapping(path).get("aliases", ())
    if not isinstance(aliases, list | tuple):
        raise _fault(path, "aliases: must be a list")
    for alias in (name, *aliases):
        yield str(alias).casefold()


def _fault(path: Path, message: str) -> NetcellarError:
    return NetcellarError(f"{_shown(path)}: {message}", remedy=_MEND, error="unsupported")


def _shown(path: Path) -> str:
    """Our files by their name, the user's by where they are."""
    return path.name if path.parent == FOLDER else str(path)


def _mapping(path: Path) -> dict[str, Any]:
    raw = _raw(path)
    if not isinstance(raw, dict):
        raise _fault(path, "must be a mapping")
    return raw


@cache
def _raw(path: Path) -> object:
    try:
        return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (safe too)
    except (OSError, yaml.YAMLError) as fault:
        raise _fault(path, f"cannot be read: {fault}") from fault
