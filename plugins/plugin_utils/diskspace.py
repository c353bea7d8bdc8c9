# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A full disk here, in words for people: git says it with a crash report, the system with a number."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from ..module_utils.errors import NetcellarError

# Of a lock that it could open and not fill, git tells no reason.
FULL = re.compile(
    r"no space left|out of diskspace|disk quota|not enough space|couldn't write '.*\.lock'", re.IGNORECASE
)
_ERRORS = {errno.ENOSPC, errno.EDQUOT}
_REMEDY = "Make room on that disk; what was captured whole is kept there, and committed by the next run"


def told_of_disk(repository: Path, fault: NetcellarError) -> NetcellarError:
    """The fault of a commit; where the disk was full, without what git says besides."""
    if fault.error != "git" or not FULL.search(fault.message):
        return fault
    return disk_is_full(repository)


def disk_is_full(repository: Path) -> NetcellarError:
    """The disk of this machine."""
    return NetcellarError(f"the disk that holds {repository} is full", remedy=_REMEDY, error="git")


def cannot_write(path: Path, error: OSError) -> NetcellarError:
    """What could not be written to the repository, with what to do where the disk is full."""
    remedy = _REMEDY if error.errno in _ERRORS else ""
    return NetcellarError(f"cannot write {path}: {error.strerror}", remedy=remedy, error="git")
