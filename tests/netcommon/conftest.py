"""The collections of network_cli as a user of pip has them: out of the PyPI package ``ansible``, but only those needed.

The whole package is 550 MB in an environment; its wheel is 54 MB to fetch, once.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.integration.conftest import Site, site

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ("ansible/netcommon", "ansible/utils", "arista/eos", "cisco/ios", "cisco/nxos", "junipernetworks/junos")
# The package of that number holds ansible-core 2.(number + 7).
BEHIND_CORE = 7


@pytest.fixture(scope="session")
def collections() -> Path:
    """A folder for ``ANSIBLE_COLLECTIONS_PATH``."""
    pytest.importorskip("pylibsshext", reason="NO network_cli IS TESTED HERE: ansible-pylibssh is missing")
    package = f"ansible=={int(version('ansible-core').split('.')[1]) - BEHIND_CORE}.*"
    cache = ROOT / ".cache" / "netcommon"
    folder = cache / package.replace("==", "-").removesuffix(".*")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(package, folder)
    return folder


@pytest.fixture
def netcommon(site: Site, collections: Path) -> Site:
    """A user's machine with those collections."""
    site.settings["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    return site


def _fetch(package: str, folder: Path) -> None:
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(new), package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"NO network_cli IS TESTED HERE: {package} cannot be fetched")
    [wheel] = new.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        wanted = tuple(f"ansible_collections/{name}/" for name in COLLECTIONS)
        archive.extractall(new, [name for name in archive.namelist() if name.startswith(wanted)])
    wheel.unlink()
    new.rename(folder)


__all__ = ["site"]
