# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The device set of a saved inventory under its guards: how far it may move, how small it may be, what if no source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..module_utils.errors import NetcellarError
from ..module_utils.guard import Limit, RefusedError, guard, max_change, min_devices
from ..module_utils.saved import CONSUMED, GROUP_WARNING
from .device_sets import DeviceSet, DeviceSets, thawed
from .nautobot import Nautobot
from .nautobot_wire import SourceDownError
from .saved_file import SavedFile, select
from .yaml_file import place

GUARDS = ("max_change", "min_devices", "on_source_failure")
"""What a saved inventory or a job says of its guards."""

REFUSE, LAST_KNOWN = "refuse", "last_known"


@dataclass(frozen=True, slots=True)
class Guards:
    """``limit`` is max_change (None: any change), ``accept`` lets any change pass; ``last_known``: see ``guarded``."""

    limit: Limit | None = None
    least: int = 1
    accept: bool = False
    last_known: bool = False


@dataclass(frozen=True, slots=True)
class Guarded:
    """A device set that may be used, and the warnings to show; ``cached`` where Nautobot was not asked for it."""

    set: DeviceSet
    warnings: tuple[str, ...] = ()
    cached: bool = False
    known: bool = False
    """Whether it is the last good set, since Nautobot was down."""


@dataclass(slots=True)
class Recall:
    """A cache for one saved inventory: ``value`` as plain data, None where there is none; ``keep`` takes a new one."""

    value: Mapping[str, Any] | None = None
    keep: Callable[[Mapping[str, Any]], None] = lambda __: None


def guards_of(file: SavedFile, stronger: Mapping[str, Any], *, accept: bool = False) -> Guards:
    """The guards of a file; ``stronger`` are values of the job or the command line, which go before it.

    Raises NetcellarError that names the file or the variable.
    """

    def of(name: str, read: Callable[[Any, str], Any]) -> Any:
        try:
            return read(_number(stronger.get(name, file.document.get(name))), name)
        except NetcellarError as error:
            where = "netcellar_" if name in stronger else f"{place(file.path, name)}: "
            raise NetcellarError(f"{where}{error.message}", remedy=error.remedy) from None

    return Guards(
        of("max_change", max_change),
        of("min_devices", min_devices),
        accept,
        of("on_source_failure", _last_known_allowed),
    )


def guarded(
    file: SavedFile, nautobot: Callable[[], Nautobot], sets: DeviceSets, guards: Guards, recall: Recall | None = None
) -> Guarded:
    """The devices of a saved inventory, if its guards let them pass.

    Where Nautobot is down and ``last_known`` is allowed, these are the devices of the last good set, with a warning.
    Raises NetcellarError; RefusedError that says who leaves and who enters.
    """
    good = sets.good(file.name)
    found = found_now(file, nautobot, good, guards, recall)
    require_guards(file, found, good, guards)
    return found


def found_now(
    file: SavedFile,
    nautobot: Callable[[], Nautobot],
    good: DeviceSet | None,
    guards: Guards,
    recall: Recall | None = None,
) -> Guarded:
    """The devices as ``guarded``, whether or not the guards let them pass. Raises NetcellarError."""
    remembered = _remembered(recall)
    try:
        found = remembered or _asked(file, nautobot)
    except SourceDownError as error:
        if not guards.last_known:
            raise
        return _last_known(file, good, error)
    if recall and not remembered:
        recall.keep(found.plain())
    return Guarded(found, _warnings(file, guards, good), cached=remembered is not None)


def require_guards(file: SavedFile, found: Guarded, good: DeviceSet | None, guards: Guards) -> None:
    """Raise RefusedError, which names the file, unless the guards let the devices pass."""
    limit = None if guards.accept else guards.limit
    try:
        guard(good.names if good else None, found.set.names, limit=limit, least=guards.least)
    except RefusedError as error:
        raise RefusedError(f"{file.path}: refused: {error.message}", remedy=error.remedy) from None


def _asked(file: SavedFile, nautobot: Callable[[], Nautobot]) -> DeviceSet:
    found = select(file, nautobot)
    queries = found.plan.queries if found.plan else ()
    return DeviceSet(
        file.name,
        _definition(file),
        datetime.now(UTC).isoformat(timespec="seconds"),
        found.devices,
        found.variables,
        tuple({"query": query.document, "variables": dict(query.variables)} for query in queries),
    )


def _remembered(recall: Recall | None) -> DeviceSet | None:
    """What the cache has; what cannot be read there is asked for anew."""
    if recall is None or recall.value is None:
        return None
    try:
        return thawed(recall.value)
    except (ValueError, TypeError, KeyError):
        return None


def _warnings(file: SavedFile, guards: Guards, good: DeviceSet | None) -> tuple[str, ...]:
    found = []
    if file.saved.dynamic_group:
        found.append(f"{file.path}: {GROUP_WARNING}")
    if guards.limit and not good:
        found.append(f"{file.path}: there is no good run of {file.name} yet, so max_change has nothing to compare with")
    return tuple(found)


def _last_known_allowed(value: Any, where: str) -> bool:
    if value not in {None, REFUSE, LAST_KNOWN}:
        raise NetcellarError(f"{where}: {value!r} is unknown", remedy=f"write {REFUSE} or {LAST_KNOWN}")
    return bool(value == LAST_KNOWN)


def _last_known(file: SavedFile, good: DeviceSet | None, error: SourceDownError) -> Guarded:
    if good is None:
        raise NetcellarError(f"{error.message}, and there is no last good set of {file.name}", remedy=error.remedy)
    if good.definition != _definition(file):
        raise NetcellarError(
            f"{error.message}, and the conditions have changed since the last good set of {file.name}",
            remedy=error.remedy,
        )
    warning = (
        f"{error.message}. The {len(good.devices)} devices of {file.name} are those of the last good set, "
        f"of {good.taken}"
    )
    return Guarded(good, (warning,), known=True)


def _definition(file: SavedFile) -> str:
    """A digest of all that says which devices are meant."""
    meant = {key: file.document.get(key) for key in ("plugin", "url", "devices", *CONSUMED) if key != "description"}
    return hashlib.sha256(json.dumps(meant, sort_keys=True, default=str).encode()).hexdigest()


def _number(value: Any) -> Any:
    """``-e netcellar_max_change=25`` gives a text."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
