# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a remote lets us in, asked as a run asks: with its account, its ssh, and its words for what is wrong."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .account import Account
from .gitprocess import Git, GitError
from .remote import Remote, checked_remote
from .rooms import Rooms


def reach(repository: Path, remote: str, branch: str, account: Account | None = None) -> str | None:
    """The commit of ``branch`` at ``remote``; None where there is none yet. Changes nothing.

    Raises NetcellarError (push).
    """
    url = checked_remote(remote)
    with tempfile.TemporaryDirectory(prefix="netcellar-") as spare:
        unmade = Rooms(repository).free
        git = Git(Path(spare) if unmade else repository.absolute(), account=account)
        if unmade:
            git.run("init", "--bare", "--quiet", "--template=")
        there = Remote(git, url, branch)
        try:
            return there.tips().branch
        except GitError as error:
            raise there.fault(error, waits=False) from error
