# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what a person wrote to a typed value, and from what a source stores to something that can be compared."""

from __future__ import annotations

import ipaddress
import math
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from .device import Place
from .field_table import ValueKind
from .patterns import PatternError, pattern

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_DURATION = re.compile(r"(\d{1,6})([hdw])", re.ASCII)
_LONG_DURATION = re.compile(r"(\d{1,6}) *(h|d|w)(our|ay|eek)s?", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 168}


class Unfit(ValueError):  # noqa: N818 (it never leaves the core: a ConditionError is made of it)
    """A value that does not fit, where there is more to say than what was expected."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def typed(kind: ValueKind, value: Any, now: datetime | None) -> Any:
    """The value as ``evaluate`` and ``pushdown`` take it, or None where it does not fit. May raise Unfit with a reason.

    Dates become ``YYYY-MM-DD``, moments ``YYYY-MM-DDThh:mm:ssZ``; a duration becomes the moment that long before
    ``now`` (in any time zone, but with one); a place with a type becomes a ``Place``.
    """
    if kind == "duration":
        return _duration(value, now)
    typer: Callable[[Any], Any] = _TYPERS.get(kind, _text)
    return typer(value)


@lru_cache(maxsize=4096)
def like_uuid(value: str) -> bool:
    """Whether Nautobot would take the text for an id where a name or an id may stand."""
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def moment_of(stored: Any) -> datetime | None:
    """The instant of a stored date (its first moment) or date and time; without a zone it is UTC. None if neither."""
    return _parsed(stored) if isinstance(stored, str) else None


@lru_cache(maxsize=65536)
def _parsed(stored: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(stored.strip())
    except ValueError:
        return None
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        return None


@lru_cache(maxsize=65536)
def address_of(stored: str) -> Address | None:
    """The address in a stored ``10.0.0.1/24`` or ``10.0.0.1``; None for a host name."""
    try:
        return ipaddress.ip_address(stored.partition("/")[0])
    except ValueError:
        return None


def canonical(moment: datetime) -> str:
    """A moment as Nautobot writes it: ``2026-11-21T05:00:00Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str) and value.strip() else None


def _location(value: Any) -> str | Place | None:
    if isinstance(value, Mapping):
        name, kind = _text(value.get("name")), _text(value.get("type"))
        return Place(name, kind) if name and kind and len(value) == len(("name", "type")) else None
    if isinstance(value, Place):
        return value
    text = _text(value)
    return str(uuid.UUID(text)) if text and like_uuid(text) else text


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> int | float | None:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return _integer(value)


def _json(value: Any) -> Any:
    return value if isinstance(value, bool) else (_text(value) if isinstance(value, str) else _number(value))


def _date(value: Any) -> str | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def _datetime(value: Any) -> str | None:
    if isinstance(value, datetime):
        value = value.isoformat()
    if not isinstance(value, str) or not _ISO_MOMENT.fullmatch(value):
        return None
    found = moment_of(value)
    return canonical(found) if found else None


def _moment(value: Any) -> str | None:
    day = _date(value)
    return f"{day}T00:00:00Z" if day else _datetime(value)


def like_duration(value: Any) -> str:
    """The duration that ``2 days`` seems to mean, as it is written; empty where it seems to mean none."""
    found = _LONG_DURATION.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    return f"{found[1]}{found[2]}" if found else ""


def _duration(value: Any, now: datetime | None) -> str | None:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    if now is None or now.tzinfo is None:
        raise ValueError("a relative date needs the present moment, with its time zone")
    try:
        return canonical((now - timedelta(hours=int(found[1]) * _HOURS[found[2]])).replace(microsecond=0))
    except OverflowError:
        raise Unfit(f"{value} ago is before the first year") from None


def _address(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if "/" in value and address_of(value):
        remedy = f'write "{address_of(value)}", or use the operator "within" with a prefix'
        raise Unfit("an address is expected without a prefix length", remedy)
    return str(address_of(value)) if address_of(value) else None


def _prefix(value: Any) -> str | None:
    if not isinstance(value, str) or "/" not in value:
        return None
    try:
        found = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    if found.network_address != address_of(value):
        raise Unfit(f"{value!r} is an address inside the prefix {found}", f'write "{found}" if that is meant')
    return str(found)


def _pattern(value: Any) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    try:
        pattern(value)
    except PatternError as error:
        raise Unfit(error.message, error.remedy) from None
    return str(value)


def _nothing(value: Any) -> None:
    if value is not None:
        raise Unfit("the operator stands without a value", "remove `value`")


_TYPERS: Mapping[ValueKind, Callable[[Any], Any]] = {
    "location": _location,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "json": _json,
    "date": _date,
    "datetime": _datetime,
    "moment": _moment,
    "address": _address,
    "prefix": _prefix,
    "pattern": _pattern,
    "nothing": _nothing,
}
