"""The accounts that a job uses, out of those of the project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .project_types import Credential

USUAL_PRIORITY = 100


def chosen(names: Sequence[str], tags: Iterable[str], accounts: Mapping[str, Credential]) -> tuple[str, ...]:
    """The names in the order in which they are tried.

    First those that the job names, then those that have one of its tags: the smallest ``priority`` first, and of equal
    ones the first in the file.
    """
    wanted = set(tags)
    tagged = [account for account in accounts.values() if wanted.intersection(account.tags)]
    tagged.sort(key=lambda account: USUAL_PRIORITY if account.priority is None else account.priority)
    return tuple(dict.fromkeys([*names, *(account.name for account in tagged)]))


def tags_of(accounts: Mapping[str, Credential]) -> list[str]:
    """All tags that accounts have."""
    return sorted({tag for account in accounts.values() for tag in account.tags})
