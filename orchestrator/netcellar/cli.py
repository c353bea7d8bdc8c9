"""The command line. This is the one place that ends the program: faults become a message and an exit code here."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from .core import NetcellarError
from .errors import OrchestratorError
from .show import console

USAGE = 2
NOT_RUN = 3

# The module of ``commands`` that holds each command: a question does not wait for the database of runs.
_OWN = (
    "audit",
    "check",
    "coverage",
    "demo",
    "diff",
    "hostkeys",
    "init",
    "inventory",
    "metrics",
    "notify",
    "quarantine",
    "report",
    "run",
    "runs",
    "schedule",
    "scheduler",
    "search",
    "verify",
)
_COMMANDS = {
    **dict(zip(_OWN, _OWN, strict=True)),
    "run-due": "scheduler",
    **dict.fromkeys(("history", "show", "snapshot", "unsaved"), "questions"),
}


class Commands(click.Group):
    """Commands whose code is read when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click gives it)
        """The names of all commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click gives it)
        """The command of a name, or None."""
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"{__package__}.commands.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 all well, 1 some devices not, 2 wrong usage or a bad file, 3 the run did not happen.",
)
@click.version_option(package_name="netcellar", prog_name="netcellar")
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True),
    envvar="NETCELLAR_PROJECT",
    help="The project's folder (or its netcellar.yml); without it, the nearest one from here upwards.",
)
@click.pass_context
def cli(context: click.Context, project: Path | None) -> None:
    """Back up the configurations of network devices into Git, and prove that each one is whole.

    \b
    A first look, in a folder of its own:   netcellar demo
    A project of your own:                  netcellar init; netcellar check; netcellar run nightly
    """
    context.obj = project or Path.cwd()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the program with its exit code."""
    sys.exit(run_cli(arguments))


def run_cli(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code of docs/reference/cli.md. Faults are printed to stderr."""
    # Whatever the user's umask lets others do: nobody else writes what a run reads.
    os.umask(os.umask(0o022) | 0o022)
    try:
        code = cli.main(args=arguments, prog_name="netcellar", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (click.Abort, KeyboardInterrupt):
        code = _told("interrupted", NOT_RUN)
    except click.ClickException as error:
        error.show()
        code = USAGE
    except (OrchestratorError, NetcellarError, OSError) as error:
        code = _told(*_explained(error))
    return code if isinstance(code, int) else 0


def _explained(error: OrchestratorError | NetcellarError | OSError) -> tuple[str, int]:
    if isinstance(error, OrchestratorError):
        return str(error), error.exit_code
    if isinstance(error, NetcellarError):
        return error.message + (f"\n  -> {error.remedy}" if error.remedy else ""), USAGE
    return f"{error.filename or 'the system'}: {error.strerror or error}", USAGE


def _told(message: str, code: int) -> int:
    console(stderr=True).print(f"netcellar: {message}", soft_wrap=True)
    return code
