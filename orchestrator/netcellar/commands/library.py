"""What the questions to a repository share: which one is asked, and about which text of a device."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..core import Library
from ..errors import BadInputError
from ..project import Project, find_project, load_project
from ..reading import near_miss

artifact_option = click.option("--artifact", default="running", show_default=True, help="Which text of the device.")
at_option = click.option(
    "--at", metavar="DATE|COMMIT", help="As it was at a date (its end, in UTC), a moment, or a commit."
)


def asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--repository``; it gets the library of that repository as its argument ``library``."""

    @functools.wraps(command)
    def with_library(start: Path, repository: str | None, **options: Any) -> Any:
        return command(library=open_library(load_project(find_project(start)), repository), **options)

    which = "Which repository of the project, if there are several."
    return click.pass_obj(click.option("--repository", metavar="NAME", help=which)(with_library))


def open_library(project: Project, name: str | None = None) -> Library:
    """The library of a project's repository, which may go unnamed where there is one. Raises BadInputError."""
    if name is None and len(project.repositories) == 1:
        (name,) = project.repositories
    if name is None or name not in project.repositories:
        what = f"there is no repository `{name}`" if name else "which repository?"
        listed = ", ".join(project.repositories)
        remedy = near_miss(name, project.repositories) if name else f"name one with --repository: {listed}"
        raise BadInputError(what, remedy=remedy)
    repository = project.repositories[name]
    return Library(repository.path, repository.branch)
