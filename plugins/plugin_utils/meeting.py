# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A first meeting with devices: their SSH host keys are asked for, without a login, and learned where none is known."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ..module_utils.errors import NetcellarError
from .algorithms import Algorithms, kinds_of_host_key
from .algorithms import algorithms as options_for
from .connect import network_fault, place
from .dialogue import SessionError
from .hostkeys import HostKeys, fingerprint
from .jump import Jump

try:
    import asyncssh
except ImportError:
    asyncssh = None  # type: ignore[assignment]

Result = Literal["learned", "known", "changed", "failed", "waiting"]
RESULTS: tuple[Result, ...] = get_args(Result)
MOST_TOLD = 50
KEPT_IN = "NETCELLAR_HOSTKEYS"
"""The environment variable that may name a file: each host is added to it twice, before and after it is met."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a host is to be met, within ``seconds``, and the keys that it is held to; behind ``jump`` where it is."""

    host: str
    address: str
    port: int
    keys: HostKeys
    seconds: float
    jump: Jump | None = None
    algorithms: Algorithms = "modern"


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


async def meet_all(
    doors: Sequence[Door], concurrency: int, *, learn: bool = True, tell: Callable[[Met], None] = lambda _met: None
) -> list[Met]:
    """Meet all hosts, ``concurrency`` at a time; nothing is written unless ``learn``. Each is told as it is met.

    Their jump hosts come first: nobody logs in at one whose key no person has had the time to compare.
    """
    strangers = await _strangers(doors, learn)
    met = list({each.host: each for each in strangers.values()}.values())
    met += [_not_now(door.host, strangers[door.jump]) for door in doors if door.jump in strangers]
    for each in met:
        tell(each)

    async def work(doors: Iterator[Door]) -> None:
        for door in doors:
            met.append(await _meet(door, learn))
            tell(met[-1])

    waiting = iter([door for door in doors if door.jump not in strangers])
    async with asyncio.TaskGroup() as group:
        for __ in range(min(concurrency, len(doors))):
            group.create_task(work(waiting))
    return sorted(met, key=lambda each: each.host)


async def _strangers(doors: Sequence[Door], learn: bool) -> Mapping[Jump | None, Met]:
    """By the jump host of a device: how the first unknown one on the way was met."""
    routes = {door.jump: door for door in doors if door.jump}
    first = {jump: next((each for each in jump.chain if not each.known), None) for jump in routes if jump}
    strange = {each.where: (each, routes[jump]) for jump, each in first.items() if each}
    meetings = [
        _meet(Door(f"jump host {where}", each.hop.address, each.hop.port, door.keys, each.seconds, each.before), learn)
        for where, (each, door) in strange.items()
    ]
    met = dict(zip(strange, await asyncio.gather(*meetings), strict=True))
    return {jump: met[each.where] for jump, each in first.items() if each}


def _not_now(host: str, stranger: Met) -> Met:
    """The host was not met, since nobody can know yet whether its jump host is the right one."""
    if stranger.result == "failed":
        return Met(host, "failed", f"its {stranger.host} could not be met")
    return Met(host, "failed", f"its {stranger.host} was not known before: compare its fingerprint, then learn again")


def as_result(met: Iterable[Met], *, check: bool = False) -> dict[str, Any]:
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
        or f"{counts['learned']} host keys {'would be ' * check}learned, {counts['known']} known before",
    }


def keep(*met: Met) -> None:
    """Add them to the file that ``KEPT_IN`` names, if it does. Raises NetcellarError where it cannot be written."""
    if not (file := os.environ.get(KEPT_IN)):
        return
    try:
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps(asdict(each)) + "\n" for each in met)
    except OSError as error:
        raise NetcellarError(f"cannot write {file}: {error.strerror}") from error


async def _meet(door: Door, learn: bool) -> Met:
    try:
        key = await _key(door)
    except NetcellarError as error:
        return Met(door.host, "failed", error.message)
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


async def _key(door: Door) -> Any:
    """The key that the host shows: of a kind that is known of it, where it has one."""
    where = place(door.address, door.port)
    known = door.keys.algorithms(door.address, door.port)
    allowed = dict(options_for(door.algorithms))
    exchanges = allowed.pop("kex_algs", ())
    options = asyncssh.SSHClientConnectionOptions(**allowed, config=None, known_hosts=None, client_keys=None)
    try:
        tunnel = await door.jump.tunnel() if door.jump else None
        async with asyncio.timeout(door.seconds):
            key = await asyncssh.get_server_host_key(
                door.address,
                door.port,
                config=None,
                kex_algs=exchanges,
                server_host_key_algs=[*known, *kinds_of_host_key(door.algorithms)],
                options=options,
                tunnel=tunnel.connection if tunnel else (),
            )
    except TimeoutError:
        raise SessionError("connect_timeout", f"{where} showed no host key within {door.seconds:g} s") from None
    except (asyncssh.Error, OSError, UnicodeError) as error:
        if tunnel and isinstance(error, asyncssh.ChannelOpenError):
            raise tunnel.not_opened(where, error) from None
        raise network_fault(where, error) from None
    if key is None:
        raise SessionError("refused", f"{where} shows no host key")
    return key
