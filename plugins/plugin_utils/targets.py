# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the variables of a host to what is to be captured from it, or to the reason why it is not tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from ..module_utils.device import Device, Place
from ..module_utils.errors import NetcellarError
from ..module_utils.jump_host import HIGHEST_PORT
from ..module_utils.paths import DEFAULT, Template, collisions, folded
from ..module_utils.platform import Platform
from ..module_utils.record import Record
from .algorithms import ALGORITHMS, Algorithms
from .platform_files import artifacts, platform_for
from .variables import HostVariables, VariableError

DEFAULT_ARTIFACTS = ("running", "startup")
Transport = Literal["ssh", "network_cli"]
TRANSPORTS: tuple[Transport, ...] = get_args(Transport)
_FIELDS = frozenset(field.name for field in fields(Device))


@dataclass(frozen=True, slots=True)
class Target:
    """A host that can be tried. ``record`` is what is known of it beforehand, ``paths`` maps artifact to path."""

    record: Record
    device: Device
    platform: Platform
    address: str
    port: int
    paths: Mapping[str, str]
    transport: Transport = "ssh"


def sketch(host: str, run: str) -> Record:
    """The least that is known of a host: the record of one whose variables cannot be read."""
    return Record(run=run, device_id=host, host=host, name=host)


def target_of(record: Record, variables: HostVariables, date: str) -> Target | Record:
    """What to capture from the host of ``record``, or the record that says why it is rejected.

    ``date`` is the day of the run, YYYY-MM-DD, for the path.
    """
    try:
        device = _device(variables.value("netcellar_device"), record.host)
        record = _describe(record, device)
        address = address_of(variables, record.host)
        record = replace(record, address=address)
        platforms = _platforms(variables)
        experimental = variables.texts("netcellar_experimental", ())
        platform = platform_for(variables.text("ansible_network_os"), platforms, experimental)
        record = replace(record, platform=platform.network_os)
        device = _complete(device, record, platform)
        paths = dict(_paths(variables, platform, device, date))
        port = port_of(variables)
        transport = variables.choice("netcellar_transport", TRANSPORTS, "ssh")
        return Target(record, device, platform, address, port, paths, transport)
    except NetcellarError as error:
        return reject(record, error)


def reject(record: Record, error: NetcellarError) -> Record:
    """The record of a host that is not tried."""
    return replace(
        record.failed(error.error, error.message, stage="inventory", advice=error.remedy), outcome="rejected"
    )


def without_collisions(targets: Iterable[Target]) -> tuple[list[Target], list[Record]]:
    """The targets whose paths are theirs alone, and the records of the others: all of them, not all but the first."""
    everyone = list(targets)
    bad = collisions(path for target in everyone for path in target.paths.values())
    users: dict[str, list[str]] = {}
    for target in everyone:
        for path in target.paths.values():
            users.setdefault(folded(path), []).append(target.record.host)
    clear, rejected = [], []
    for target in everyone:
        shared = sorted(bad.intersection(target.paths.values()))
        if shared:
            rejected.append(reject(target.record, _collision(shared[0], users[folded(shared[0])], target.record.host)))
        else:
            clear.append(target)
    return clear, rejected


def _collision(path: str, users: Sequence[str], host: str) -> NetcellarError:
    others = [user for user in users if user != host]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        return NetcellarError(f"the path {path!r} would also be that of {others[0]}{more}", error="path")
    if len(users) > 1:
        message = f"the path {path!r} would be that of several artifacts of this host"
        return NetcellarError(message, remedy="put {artifact} into netcellar_paths", error="path")
    message = f"the path {path!r} and that of another device are in each other's way: one is a folder of the other"
    return NetcellarError(message, error="path")


def address_of(variables: HostVariables, host: str) -> str:
    """The address; a host of a plain inventory may be its own, a device of a source of truth needs one."""
    plain_inventory = variables.value("netcellar_device") is None
    address = variables.text("ansible_host", host if plain_inventory else "")
    if not address:
        message = "ansible_host is empty" if plain_inventory else "the source of truth has no address for this device"
        raise NetcellarError(message, error="no_address")
    return address


def port_of(variables: HostVariables) -> int:
    """The port of SSH. Raises VariableError for what is none."""
    number = variables.number("ansible_port", 22)
    if number != int(number) or number > HIGHEST_PORT:
        raise VariableError("ansible_port", f"must be a whole number from 1 to {HIGHEST_PORT}")
    return int(number)


def algorithms_of(variables: HostVariables) -> Algorithms:
    """The algorithms that this host may use."""
    return variables.choice("netcellar_ssh_algorithms", ALGORITHMS, "modern")


def _device(values: Any, host: str) -> Device:
    if values is None:
        return Device(id=host, name=host)
    if not isinstance(values, Mapping) or not isinstance(values.get("id"), str) or not values["id"]:
        raise VariableError("netcellar_device", "must be a mapping with an id")
    known_values = {name: value for name, value in values.items() if name in _FIELDS and value is not None}
    try:
        places = tuple(Place(**place) for place in known_values.pop("location", ()))
        tags = tuple(known_values.pop("tags", ()))
        return Device(**{"name": None, **known_values, "location": places, "tags": tags})
    except TypeError:
        raise VariableError("netcellar_device", "has a part of a wrong type") from None


def _describe(record: Record, device: Device) -> Record:
    location = device.location[-1].name if device.location else None
    return replace(record, device_id=device.id, name=device.name or record.host, location=location)


def _complete(device: Device, record: Record, platform: Platform) -> Device:
    """A device of a plain inventory has a name and a platform too."""
    return replace(device, name=device.name or record.host, platform=device.platform or platform.network_os)


def _paths(variables: HostVariables, platform: Platform, device: Device, date: str) -> Iterable[tuple[str, str]]:
    wanted = variables.texts("netcellar_artifacts", DEFAULT_ARTIFACTS)
    # The files of all platforms are read only for a name that is strange: a fault in one of them is no concern
    # of a device that has another.
    strange = set(wanted).difference(platform.artifacts, DEFAULT_ARTIFACTS)
    unknown = sorted(strange - artifacts(_platforms(variables))) if strange else ()
    if unknown:
        raise VariableError("netcellar_artifacts", f"names {unknown[0]!r}, which no platform has")
    chosen = [name for name in dict.fromkeys(wanted) if name in platform.artifacts]
    if not chosen:
        message = f"{platform.network_os} has none of the wanted artifacts ({', '.join(wanted) or 'none is wanted'})"
        raise NetcellarError(message, error="unsupported")
    templates = variables.value("netcellar_paths", DEFAULT)
    # There is a place for one, and nobody has asked for more than the default.
    one = isinstance(templates, str) and "{artifact" not in templates and tuple(wanted) == DEFAULT_ARTIFACTS
    for name in chosen[:1] if one else chosen:
        template = templates.get(name, DEFAULT) if isinstance(templates, Mapping) else templates
        if not isinstance(template, str):
            raise VariableError("netcellar_paths", "must be a template, or a mapping of artifacts to templates")
        yield name, _template(template).render(device, name, date)


def _platforms(variables: HostVariables) -> Path | None:
    folder = variables.text("netcellar_platforms")
    return Path(folder).expanduser() if folder else None


_template = cache(Template.parse)
