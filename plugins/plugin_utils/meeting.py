# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A first meeting with devices: their SSH host keys are asked for, without a login, and learned where none is known."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ..module_utils.errors import NetcellarError
from .connect import network_fault, place
from .dialogue import SessionError
from .hostkeys import HostKeys, fingerprint

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

Result = Literal["learned", "known", "changed", "failed"]
RESULTS: tuple[Result, ...] = get_args(Result)
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Door:
    """Where a host is to be met, within ``seconds``, and the keys that it is held to."""

    host: str
    address: str
    port: int
    keys: HostKeys
    seconds: float


@dataclass(frozen=True, slots=True)
class Met:
    """How a meeting went; ``message`` says what a person must know where it did not go well."""

    host: str
    result: Result
    message: str = ""


async def meet_all(doors: Sequence[Door], concurrency: int, *, learn: bool = True) -> list[Met]:
    """Meet all hosts, ``concurrency`` at a time; nothing is written unless ``learn``."""
    waiting, met = iter(doors), []

    async def work(doors: Iterator[Door]) -> None:
        for door in doors:
            met.append(await _meet(door, learn))

    async with asyncio.TaskGroup() as group:
        for __ in range(min(concurrency, len(doors))):
            group.create_task(work(waiting))
    return sorted(met, key=lambda each: each.host)


def as_result(met: Iterable[Met]) -> dict[str, Any]:
    """A task's result: counts, and in words whom to look at. It failed where a key is not the known one, or not had."""
    met = list(met)
    counts = {
        result: sum(each.result == result for each in met) for result in ("learned", "known", "changed", "failed")
    }
    bad = [f"{each.host}: {each.message}" for each in met if each.message]
    more = [f"and {len(bad) - MOST_TOLD} more"] if len(bad) > MOST_TOLD else []
    return {
        **{f"{result}_count": count for result, count in counts.items()},
        "changed": bool(counts["learned"]),
        "failed": bool(bad),
        "msg": "\n".join([*bad[:MOST_TOLD], *more])
        or f"{counts['learned']} host keys learned, {counts['known']} known before",
    }


async def _meet(door: Door, learn: bool) -> Met:
    try:
        key = await _key(door)
    except NetcellarError as error:
        return Met(door.host, "changed" if error.error == "host_key" else "failed", str(error))
    known = door.keys.fingerprints(door.address, door.port)
    if fingerprint(key) in known:
        return Met(door.host, "known")
    if known:
        message = f"{place(door.address, door.port)} shows {fingerprint(key)}, and {' or '.join(known)} is known"
        return Met(door.host, "changed", message)
    if learn:
        try:
            door.keys.learn(door.address, door.port, key)
        except NetcellarError as error:
            return Met(door.host, "failed", str(error))
    return Met(door.host, "learned")


async def _key(door: Door) -> Any:
    """The key that the host shows: of the kinds that are known of it, or of any where none is."""
    where = place(door.address, door.port)
    kinds = door.keys.algorithms(door.address, door.port)
    try:
        async with asyncio.timeout(door.seconds):
            key = await asyncssh.get_server_host_key(
                door.address, door.port, config=None, server_host_key_algs=kinds or ()
            )
    except TimeoutError:
        raise SessionError("connect_timeout", f"{where} showed no host key within {door.seconds:g} s") from None
    except (asyncssh.Error, OSError, UnicodeError) as error:
        raise network_fault(where, error, known=bool(kinds)) from None
    if key is None:
        raise SessionError("refused", f"{where} shows no host key")
    return key
