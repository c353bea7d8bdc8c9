# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clearing up after killed processes. Only under the repository's lock, when nobody else of ours can be at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .durable import TEMPORARY
from .gitprocess import Git
from .rooms import OWN_FOLDER

BUILDING = "refs/netcellar/building/"


def recover(git: Git) -> list[Path]:
    """Remove stale locks of refs, temporary packs and objects, our unfinished refs. Gives what was removed."""
    left = list(_left_overs(git.repository))
    for path in left:
        path.unlink(missing_ok=True)
    unfinished = git.text("for-each-ref", "--format=%(refname)", BUILDING).split()
    if unfinished:
        git.run("update-ref", "--stdin", stdin="".join(f"delete {ref}\n" for ref in unfinished).encode())
    return left


def _left_overs(repository: Path) -> Iterator[Path]:
    yield from repository.glob("*.lock")
    yield from (repository / "refs").rglob("*.lock")
    yield from (repository / "objects").glob("pack/tmp_*")
    yield from (repository / "objects").glob("pack/.tmp-*")
    yield from (repository / "objects").glob("pack/*.lock")
    yield from (repository / "objects" / "info").rglob("*.lock")
    yield from (repository / "objects" / "info").rglob("tmp_graph_*")
    yield from (repository / "objects").glob("??/tmp_obj_*")
    yield from repository.glob("fast_import_crash_*")
    yield from (repository / OWN_FOLDER / "ledger").glob(f"{TEMPORARY}*")
