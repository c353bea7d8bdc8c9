"""What the project file says of a repository, and whether Git can make anything of it."""

from __future__ import annotations

import re

from .fields import read_fields
from .layout import REPOSITORY
from .project_types import Repository
from .reading import Section

# What `git check-ref-format --branch` takes, and a person can type.
BRANCH = re.compile(r"(?!HEAD$|@$)(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)|[/.]$))[^-/.\s~^:?*\[\\][^\s~^:?*\[\\]*")


def read_repository(name: str, part: Section) -> Repository | None:
    """The repository of a section, or None where its path is not known."""
    values = read_fields(part, REPOSITORY)
    remote = _remote(part, values["remote"]) if values["remote"] is not None else None
    branch = values["branch"] or "main"
    if not BRANCH.fullmatch(branch):
        part.fault("branch", f"`{branch}` is no name of a Git branch", "write a plain name such as main")
    if values["path"] is None:
        return None
    if values["token"] is not None and not (remote or "").startswith("https://"):
        part.fault("token", "is for a remote by https", "remove it, or set `remote: https://…`")
    own = {key: values[key] for key in ("token", "user", "signing_key", "signers")}
    return Repository(name, values["path"], remote, branch, values["push"] is not False, **own)


def _remote(part: Section, remote: str) -> str | None:
    """A remote as Git takes it; a relative path starts from the project's folder."""
    if remote.startswith("-") or "::" in remote:
        part.fault("remote", f"`{remote}` is no remote Netcellar uses", "write a path, or an ssh or https URL")
        return None
    scheme, mark, rest = remote.partition("://")
    if mark:
        account = rest.partition("/")[0].rpartition("@")[0]
        if ":" in account or (account and scheme in {"http", "https"}):
            part.fault("remote", "holds a user or password", "use an SSH key or Git's own credential helper")
            return None
        return remote
    if ":" in remote.partition("/")[0]:
        return remote
    return str(part.place("remote", remote))
