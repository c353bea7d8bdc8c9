# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whose repository it is: the configuration in it can name programs that Git runs, so it must not be a stranger's.

Git itself looks only where it has to find the repository, and we name ours to it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from ..module_utils.errors import NetcellarError

ROOT = 0


def refuse_foreign(repository: Path) -> None:
    """Raises NetcellarError (git) where a repository is another user's, and Git is not told that it is safe."""
    try:
        owner = repository.stat().st_uid
    except OSError:
        # Whoever uses it tells what is wrong with it.
        return
    if owner not in _trusted() and not _is_declared_safe(repository):
        raise NetcellarError(
            f"{repository} belongs to another user (number {owner}), who could run programs as this one by it",
            remedy=(
                "Run Netcellar as that user, give the folder to this one, or, if you trust it:"
                f" git config --global --add safe.directory {shlex.quote(str(repository))}"
            ),
            error="git",
        )


def _trusted() -> set[int]:
    me = os.geteuid()
    behind_sudo = os.environ.get("SUDO_UID", "") if me == ROOT else ""
    return {ROOT, me, *([int(behind_sudo)] if behind_sudo.isdecimal() else [])}


def _is_declared_safe(repository: Path) -> bool:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "config", "--get-all", "safe.directory"]
    told = subprocess.run(command, env=kept, cwd="/", capture_output=True, text=True, check=False).stdout.splitlines()
    # An empty line takes back what stands before it.
    safe = told[len(told) - told[::-1].index("") :] if "" in told else told
    return "*" in safe or str(repository) in safe
