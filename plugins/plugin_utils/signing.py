# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Signed commits: the one that fast-import wrote is made once more, with a signature by an SSH key."""

from __future__ import annotations

from ..module_utils.errors import NetcellarError
from .gitprocess import Git, GitError

_REMEDY = (
    "Set netcellar_signing_key to a private SSH key without a passphrase, or to the public one of a key that the SSH"
    " agent holds"
)


def signed(git: Git, commit: str) -> str:
    """``commit`` with the signature of the repository's signing key; itself where there is none.

    Raises NetcellarError (git) where the key cannot sign: nothing is then committed.
    """
    if not git.signing_key:
        return commit
    facts = git.run("show", "--no-patch", "--no-show-signature", "--format=%T %P%n%an%n%ae%n%ct%n%B", commit)
    hashes, name, mail, seconds, text = facts.decode("utf-8", "surrogateescape").split("\n", 4)
    tree, *parents = hashes.split()
    who = {"NAME": name, "EMAIL": mail, "DATE": f"{seconds} +0000"}
    environment = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    words = [word for parent in parents for word in ("-p", parent)]
    try:
        return git.commit_tree("-S", tree, *words, stdin=text.rstrip("\n").encode() + b"\n", environment=environment)
    except GitError as error:
        raise NetcellarError(
            f"the commit cannot be signed with {git.signing_key}: {error.message}", remedy=_REMEDY, error="git"
        ) from error
