# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Looking into a saved inventory: why a device is in or out, what each condition matches, what changed since."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..module_utils.device import Device
from ..module_utils.difference import GONE, Difference, Moved, difference
from ..module_utils.errors import NetcellarError
from ..module_utils.explain import Explanation, LeafReport, explain, explain_leaves
from ..module_utils.hints import did_you_mean
from ..module_utils.imported import imported
from ..module_utils.made_groups import named_groups
from ..module_utils.naming import host_names
from ..module_utils.saved import DEVICES
from .device_sets import DeviceSets
from .preview import Access
from .saved_file import SavedFile, ask, naming, read_saved
from .selecting import Answer, NoDevicesError
from .yaml_file import yaml_text


@dataclass(frozen=True, slots=True)
class Report:
    """What each condition matches among the ``asked`` devices that the source gave, of which ``found`` are in."""

    leaves: tuple[LeafReport, ...]
    asked: int
    found: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why a device is in or out, in a sentence and leaf by leaf."""

    matched: bool
    sentence: str
    explanation: Explanation


def report(path: Path, access: Access) -> Report:
    """What each condition of the saved inventory at ``path`` matches by itself. Raises NetcellarError."""
    file = read_saved(path)
    answer = ask(file, lambda: access.nautobot(file))
    leaves = explain_leaves(answer.condition, answer.devices, answer.plan)
    return Report(tuple(leaves), len(answer.devices), len(_decided(answer)))


def why(path: Path, access: Access, device: str) -> list[Why]:
    """Why the devices of this name, id or host name are in the saved inventory at ``path``, or out.

    Raises NetcellarError; if the source has no such device, too.
    """
    file = read_saved(path)
    answer = ask(file, lambda: access.nautobot(file))
    members = _called(answer.devices, device, named_groups(file.document))
    asked = {one.id for one in members}
    # namesakes of a member may be out, so that nobody asked for them
    others = [] if file.plugin == DEVICES else [one for one in _elsewhere(file, access, device) if one.id not in asked]
    if not members and not others:
        near = did_you_mean(device, {one.name for one in answer.devices if one.name})
        raise NetcellarError(
            f"there is no device with the name or id {device!r}", remedy=near or "Look at its name in the source"
        )
    return [_why(explain(answer.condition, one, answer.plan), file, one.id in asked) for one in (*members, *others)]


def changed(path: Path, access: Access, state: Path) -> Difference:
    """Which devices left or entered since the last good run, and why. Raises NetcellarError."""
    file = read_saved(path)
    good = DeviceSets(state).good(file.name)
    if good is None:
        raise NetcellarError(
            f"there is no good run of {file.name} yet", remedy="A run that ended well makes the measure"
        )
    answer = ask(file, lambda: access.nautobot(file))
    rows = {device.id: device for device in answer.devices}
    missing = [device.id for device in good.devices if device.id not in rows]
    if file.saved.dynamic_group:
        found = difference({device.id: device for device in good.devices}, rows, answer.condition)
        return replace(found, left=tuple(_left_group(moved, file) for moved in found.left))
    if missing and file.plugin != DEVICES:
        with naming(file):
            rows |= {device.id: device for device in access.nautobot(file).devices_by_id(missing)}
    return difference({device.id: device for device in good.devices}, rows, answer.condition)


def convert(path: Path) -> str:
    """The text of the saved inventory that an older tool's JSON at ``path`` means. Raises NetcellarError."""
    document = _read_json(path)
    try:
        found = imported(document, path.stem)
    except NetcellarError as error:
        raise NetcellarError(f"{path}: {error.message}", remedy=error.remedy) from None
    return yaml_text(found)


def _read_json(path: Path) -> Any:
    """Plain data. What Python would read and JSON or we cannot mean is refused: a key given twice keeps its last."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (OSError, ValueError, RecursionError) as error:
        raise NetcellarError(
            f"{path} cannot be read as JSON: {error}", remedy="Give the file that the tool saved"
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key is given twice among {', '.join(found)}")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _decided(answer: Answer) -> tuple[Device, ...]:
    try:
        return answer.decided().devices
    except NoDevicesError:
        return ()


def _called(devices: Iterable[Device], word: str, groups: Collection[str]) -> list[Device]:
    rows = tuple(devices)
    hosts = host_names(rows, groups)
    return [device for device in rows if word in {device.id, device.name, hosts[device.id]}]


def _elsewhere(file: SavedFile, access: Access, word: str) -> list[Device]:
    """Devices that the queries of the inventory did not even ask for."""
    with naming(file):
        nautobot = access.nautobot(file)
        return nautobot.devices_by_id([word]) or nautobot.devices_by_name(word)


def _why(found: Explanation, file: SavedFile, asked: bool) -> Why:
    group = file.saved.dynamic_group
    if group and not asked and found.matched:
        name = found.device_name or found.device_id
        return Why(False, f"{name} is out: it is no member of the Dynamic Group {group}", found)
    return Why(found.matched, found.sentence, found)


def _left_group(moved: Moved, file: SavedFile) -> Moved:
    gone = f"it is no longer a member of the Dynamic Group {file.saved.dynamic_group}, or gone"
    return replace(moved, why=gone) if moved.why == GONE else moved
