# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Complete answers of Nautobot, however long: ids in one go, then the rows of those ids, and every row accounted for.

Paging by offset loses devices, since Nautobot orders by name alone. Rows by id, several chunks at once, took 10 s for
10,000 devices where one request took 16 s and pages of 100 took 22 s (Nautobot 3.2 with two workers).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

from ..module_utils.graphql import ROW, Query
from .nautobot_wire import NautobotError, Wire

CHUNK = 1000
AT_ONCE = 4

Row: TypeAlias = dict[str, Any]

_ROWS = f"query ($ids: [String]) {{ devices(id: $ids) {{ {ROW} }} }}"


def rows_of_queries(wire: Wire, queries: Sequence[Query]) -> list[Row]:
    """The rows of the united answers of queries, each device once. Raises NautobotError if a row does not come."""
    ids = ids_of_queries(wire, queries)
    rows = rows_of_ids(wire, ids)
    missing = ids.keys() - {row["id"] for row in rows}
    if not missing:
        return rows
    # deleted or changed since the ids were asked for? Then it is no longer among them.
    lost = missing & ids_of_queries(wire, queries).keys()
    again = rows_of_ids(wire, lost)
    if len(again) < len(lost):
        raise NautobotError(
            f"Nautobot listed {len(ids)} devices and keeps back {len(lost) - len(again)} of them",
            remedy="Run again; if it stays so, look at Nautobot's own log",
        )
    return rows + again


def rows_of_ids(wire: Wire, ids: Iterable[str]) -> list[Row]:
    """The rows of devices by id, in chunks that are asked for at once; ids that Nautobot does not know give none."""
    wanted = list(ids)
    chunks = [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda chunk: wire.graphql(_ROWS, {"ids": chunk})["devices"], chunks)
        return [row for answer in answers for row in answer]


def ids_of_queries(wire: Wire, queries: Sequence[Query]) -> dict[str, None]:
    """The ids of the united answers of queries, each once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda query: wire.graphql(query.document, query.variables)["devices"], queries)
        return {row["id"]: None for answer in answers for row in answer}
