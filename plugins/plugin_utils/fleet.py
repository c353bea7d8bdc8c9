# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Questions about all devices at once: the fleet as it was, and who runs what is not saved."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .index import Entry
from .library import Library

ARCHIVE = ".snapshot.tar"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A device whose running and startup configuration differ. Times are those of the stored captures."""

    device: str
    device_id: str
    running: str
    startup: str
    running_at: str
    startup_at: str


def snapshot(library: Library, at: str, folder: Path) -> tuple[str, int]:
    """Write the branch as it was ``at`` a date or commit into ``folder``, which is new or empty and becomes private.

    Gives the commit and the number of files. Raises NetcellarError (git), OSError.
    """
    commit = library.commit_at(at)
    _make(folder, library.repository)
    archive = folder / ARCHIVE
    try:
        library.git.run("archive", "--format=tar", f"--output={archive.absolute()}", commit)
        with tarfile.open(archive) as tar:
            files = sum(member.isfile() for member in tar)
            tar.extractall(folder, filter="data")
    except tarfile.TarError as error:
        # Somebody's link out of the folder, or the like: devices' files are plain.
        raise NetcellarError(f"commit {commit} holds a file that cannot be written: {error}", error="git") from error
    finally:
        archive.unlink(missing_ok=True)
    return commit, files


def _make(folder: Path, repository: Path) -> None:
    remedy = "Give a folder that does not exist yet"
    if folder.resolve().is_relative_to(repository.resolve()):
        raise NetcellarError(f"{folder} is in the repository itself", remedy=remedy, error="git")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise NetcellarError(
            f"{folder} cannot be a folder: a file is in its place", remedy=remedy, error="git"
        ) from error
    if any(folder.iterdir()):
        raise NetcellarError(f"{folder} is not empty", remedy=remedy, error="git")


def unsaved(library: Library) -> Iterator[Unsaved]:
    """The devices of which both are stored and do not say the same, volatile lines aside, by name."""
    startups = {entry.device_id: entry for entry in library.entries if entry.artifact == "startup"}
    for running in library.entries:
        startup = startups.get(running.device_id)
        if startup and running.artifact == "running" and not _same(running, startup):
            yield Unsaved(
                running.name, running.device_id, running.path, startup.path, running.captured_at, startup.captured_at
            )


def _same(one: Entry, other: Entry) -> bool:
    return one.blob == other.blob or bool(one.same_as and one.same_as == other.same_as)
