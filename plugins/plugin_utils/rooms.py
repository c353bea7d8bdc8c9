# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where Netcellar keeps its own things: the folder ``netcellar`` inside the bare repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ..module_utils.errors import NetcellarError
from .durable import make_private
from .gitprocess import is_damaged
from .ownership import refuse_foreign

OWN_FOLDER = "netcellar"
_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Rooms:
    """The paths of one repository. Folders are 0700, files 0600."""

    repository: Path

    @property
    def own(self) -> Path:
        """Our folder; Git does not look at it."""
        return self.repository / OWN_FOLDER

    @property
    def lock(self) -> Path:
        """The file on which the one lock of the repository is taken."""
        return self.own / "lock"

    @property
    def staged(self) -> Path:
        """One folder per run, with its captures that are not yet committed."""
        return self.own / "staged"

    @property
    def ledger(self) -> Path:
        """What is committed and not yet proven, or proven and not yet stamped."""
        return self.own / "ledger"

    @property
    def quarantine(self) -> Path:
        """Texts that may not be stored, for people to look at."""
        return self.own / "quarantine"

    @property
    def unfinished(self) -> Path:
        """A mark that stands while the repository is being made, so that a killed process's half is finished."""
        return self.own / "unfinished"

    def make(self) -> None:
        """Make the folders, never inside something that is not a bare repository (NetcellarError, nothing touched)."""
        refuse_foreign(self.repository)
        if not self.free and not self.bare and not self.unfinished.exists():
            if self.lock.exists() and any((self.repository / each).exists() for each in ("HEAD", "objects", "config")):
                raise is_damaged(self.repository, "parts of it are gone")
            raise NetcellarError(
                f"{self.repository} exists and is not a bare Git repository",
                remedy="Set netcellar_repository to a path that does not exist yet, or to a bare repository",
                error="git",
            )
        try:
            for folder in (self.staged, self.ledger, self.quarantine):
                make_private(folder)
        except OSError as error:
            raise NetcellarError(f"cannot write to {error.filename}: {error.strerror}", error="git") from error

    @property
    def free(self) -> bool:
        """Whether a new repository may be made here: nothing is there, or only our own folder."""
        try:
            return all(entry.name == OWN_FOLDER for entry in self.repository.iterdir())
        except FileNotFoundError:
            return True
        except NotADirectoryError:
            return False
        except OSError as error:
            raise NetcellarError(f"cannot read {self.repository}: {error.strerror}", error="git") from error

    @property
    def bare(self) -> bool:
        """Whether it looks like a bare repository (Git itself is asked when it is opened)."""
        return (self.repository / "HEAD").is_file() and (self.repository / "objects").is_dir()


def safe_part(value: str) -> str:
    """``value`` unchanged where it may be a part of a path, as a run id is; else NetcellarError."""
    if not _PART.fullmatch(value):
        raise NetcellarError(f"{value!r} cannot be part of a path: use up to 64 of A-Z a-z 0-9 . _ -", error="internal")
    return value


def key_digest(device_id: str, artifact: str) -> str:
    """The name under which one artifact of one device is filed: hex, free of whatever the id is made of."""
    return sha256(f"{device_id}\0{artifact}".encode("utf-8", "surrogatepass")).hexdigest()
