"""What a user gets: the wheel in an environment, and Ansible finding the collection there without any setting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.xdist_group("packaging")


def run(*command: str | Path, home: Path, **environment: str) -> str:
    """The output of a command that must succeed, in a home folder with nothing in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHON"))}
    settings = {**kept, "HOME": str(home), **environment}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=home, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(target.glob("*.whl"))


def test_ansible_finds_the_collection_of_an_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    site, home = tmp_path / "site", tmp_path / "home"
    home.mkdir()
    run(
        sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site, wheel, home=home
    )
    doc = Path(sys.executable).with_name("ansible-doc")
    listing = run(doc, "-t", "inventory", "-F", "netcellar.backup", home=home, PYTHONPATH=str(site))
    files = dict(line.split() for line in listing.splitlines() if line.startswith("netcellar.backup."))
    assert set(files) == {"netcellar.backup.nautobot", "netcellar.backup.devices"}
    assert all(path.startswith(str(site)) for path in files.values()), files


@pytest.mark.deep
def test_wheel_works_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    home, environment = tmp_path / "home", tmp_path / "venv"
    home.mkdir()
    run(sys.executable, "-m", "venv", environment, home=home)
    run(environment / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, home=home)
    assert (
        "netcellar.backup.nautobot"
        in run(environment / "bin" / "ansible-doc", "-t", "inventory", "netcellar.backup.nautobot", home=home).lower()
    )
    assert "Usage: netcellar" in run(environment / "bin" / "netcellar", "--help", home=home)
