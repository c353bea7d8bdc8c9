# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A first meeting with devices: their SSH host keys are asked for, without a login, and learned where none is known."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
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
KEPT_IN = "NETCELLAR_HOSTKEYS"
"""The environment variable that may name a file: every meeting is added to it, a line of JSON each."""


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
    """How a meeting went; ``message`` says what a person must know where it did not go well.

    ``shown`` is the fingerprint of the key that the host showed, if it did; ``known`` are those that are known of it.
    """

    host: str
    result: Result
    message: str = ""
    shown: str = ""
    known: tuple[str, ...] = ()


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
    """A task's result: counts, and in words whom to look at. It failed where a key is not the known one, or not had.

    Raises NetcellarError where the file that ``KEPT_IN`` names cannot be written.
    """
    met = list(met)
    _keep(met)
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


def _keep(met: Sequence[Met]) -> None:
    if not (file := os.environ.get(KEPT_IN)):
        return
    try:
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps(asdict(each)) + "\n" for each in met)
    except OSError as error:
        raise NetcellarError(f"cannot write {file}: {error.strerror}") from error


async def _meet(door: Door, learn: bool) -> Met:
    try:
        key = await _key(door, door.keys.algorithms(door.address, door.port))
    except NetcellarError as error:
        return Met(door.host, "failed", str(error))
    known, shown = tuple(door.keys.fingerprints(door.address, door.port)), fingerprint(key)
    if shown in known:
        return Met(door.host, "known", "", shown, known)
    if known:
        message = f"{place(door.address, door.port)} shows {shown}, and {' or '.join(known)} is known"
        return Met(door.host, "changed", message, shown, known)
    if learn:
        try:
            door.keys.learn(door.address, door.port, key)
        except NetcellarError as error:
            return Met(door.host, "failed", str(error), shown)
    return Met(door.host, "learned", "", shown)


async def _key(door: Door, kinds: Sequence[str]) -> Any:
    """The key that the host shows: of these kinds, or of any where there are none or it has no key of them."""
    where = place(door.address, door.port)
    try:
        async with asyncio.timeout(door.seconds):
            key = await asyncssh.get_server_host_key(
                door.address, door.port, config=None, server_host_key_algs=kinds or ()
            )
    except TimeoutError:
        raise SessionError("connect_timeout", f"{where} showed no host key within {door.seconds:g} s") from None
    except (asyncssh.Error, OSError, UnicodeError) as error:
        fault = network_fault(where, error, known=bool(kinds))
        if fault.error != "host_key":
            raise fault from None
        return await _key(door, ())
    if key is None:
        raise SessionError("refused", f"{where} shows no host key")
    return key
