"""``netcellar demo``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ..errors import BadInputError
from ..progress import watching
from .run import show_result


@click.command()
@click.option("--nautobot", is_flag=True, help="Take the devices from a real Nautobot, which is installed and filled.")
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False), help="An empty folder to use.")
@click.option("--keep", is_flag=True, help="Keep the folder (without --dir: ./demo) to look at it afterwards.")
def demo(nautobot: bool, folder: Path | None, keep: bool) -> None:
    """Show a whole backup of simulated devices, some of them broken.

    Everything that is started is ended, and everything is removed unless it is to be kept.

    \b
    Examples:
      netcellar demo
      netcellar demo --keep && git -C demo/cellar.git log --stat
      netcellar demo --nautobot
    """
    # The laboratory needs asyncssh and more, which the other commands should not wait for.
    from ..demo.story import Stage, play  # noqa: PLC0415

    with _folder(folder, keep) as place:
        stage = Stage(say=click.echo, show=lambda result: show_result(result.as_dict()), watching=watching)
        play(place, stage, with_nautobot=nautobot)
        click.echo("\nThe demonstration came out as it should. Next: `netcellar init` in a folder of your own.")
        if folder or keep:
            click.echo(f"Everything of it is in {place}: try `git -C {place / 'cellar.git'} log --stat`.")


@contextmanager
def _folder(wanted: Path | None, keep: bool) -> Iterator[Path]:
    folder = wanted or (Path("demo") if keep else None)
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="netcellar-demo-", ignore_cleanup_errors=True) as temporary:
            yield Path(temporary)
        return
    if folder.exists() and any(folder.iterdir()):
        raise BadInputError(f"{folder} is not empty", remedy="name another folder with --dir, or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder.resolve()
