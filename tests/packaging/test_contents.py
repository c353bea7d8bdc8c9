"""Wheel, source archive and Galaxy archive hold the tracked files of the shipped folders, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "ansible_collections/netcellar/backup"
FOLDERS = ("meta", "plugins", "roles", "playbooks")
FILES = {"galaxy.yml", "LICENSE", "README.md", "requirements.txt", "CHANGELOG.md", "changelogs/changelog.yaml"}
# Only the archive of Galaxy has these two; it leaves galaxy.yml out, because MANIFEST.json says the same.
GALAXY_OWN = {"MANIFEST.json", "FILES.json"}
JUNK = ("plugins/module_utils/__pycache__/errors.cpython-311.pyc", "orchestrator/netcellar/__pycache__/cli.pyc")

pytestmark = pytest.mark.xdist_group("packaging")


def collection_files(source: Path) -> dict[str, bytes]:
    """The files of the collection in a clean copy of the repository, by path."""
    paths = [path for folder in FOLDERS for path in (source / folder).rglob("*") if path.is_file()]
    paths += [source / name for name in FILES if (source / name).exists()]
    return {path.relative_to(source).as_posix(): path.read_bytes() for path in paths if "__pycache__" not in path.parts}


def orchestrator_files(source: Path) -> dict[str, bytes]:
    """The files of the Python package, by the path they have in site-packages."""
    top = source / "orchestrator"
    paths = [path for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in paths}


def version(source: Path) -> str:
    """The one version number."""
    return str(yaml.safe_load((source / "galaxy.yml").read_text(encoding="utf-8"))["version"])


def build(source: Path, target: Path, *options: str) -> None:
    """Build with the backend that is installed here, so that no index is needed."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), *options, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def read_wheel(folder: Path) -> dict[str, bytes]:
    """The members of the one wheel in a folder."""
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names)), "a member is in the wheel twice"
        return {name: archive.read(name) for name in names}


def read_tar(path: Path) -> dict[str, bytes]:
    """The files of a tar archive; of links and devices it must have none."""
    with tarfile.open(path) as archive:
        members = [member for member in archive.getmembers() if not member.isdir()]
        assert all(member.isfile() for member in members)
        return {member.name: archive.extractfile(member).read() for member in members}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what Git has or would have, with junk as a developer's checkout has it."""
    top = tmp_path_factory.mktemp("source")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, top / name)
    for name in JUNK:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(b"stale")
    return top


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel that was built straight from the checkout."""
    target = tmp_path_factory.mktemp("wheel")
    build(source, target, "--wheel")
    return target


@pytest.fixture(scope="module")
def galaxy(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that ``ansible-galaxy collection build`` makes."""
    target = tmp_path_factory.mktemp("galaxy")
    command = [
        str(Path(sys.executable).with_name("ansible-galaxy")),
        "collection",
        "build",
        "--output-path",
        str(target),
    ]
    environment = {**os.environ, "HOME": str(target)}
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target / f"netcellar-backup-{version(source)}.tar.gz"


def test_wheel_holds_the_tracked_files_and_nothing_else(source: Path, wheel: Path) -> None:
    info = f"netcellar-{version(source)}.dist-info"
    own = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    collection = {f"{COLLECTION}/{name}" for name in collection_files(source)}
    assert set(read_wheel(wheel)) == own | collection | set(orchestrator_files(source))


def test_no_namespace_package_hides_the_collections_of_others(wheel: Path) -> None:
    """An ``__init__.py`` in ``ansible_collections`` would hide every other collection in site-packages."""
    members = set(read_wheel(wheel))
    assert not members & {"ansible_collections/__init__.py", "ansible_collections/netcellar/__init__.py"}


def test_galaxy_archive_holds_the_tracked_files_and_nothing_else(source: Path, galaxy: Path) -> None:
    assert set(read_tar(galaxy)) == set(collection_files(source)) - {"galaxy.yml"} | GALAXY_OWN


def test_wheel_and_galaxy_archive_hold_the_same_collection(wheel: Path, galaxy: Path) -> None:
    members = read_wheel(wheel)
    ours = {name.removeprefix(f"{COLLECTION}/"): text for name, text in members.items() if name.startswith(COLLECTION)}
    theirs = {name: text for name, text in read_tar(galaxy).items() if name not in GALAXY_OWN}
    ours.pop("galaxy.yml")
    assert ours == theirs


def test_source_archive_builds_the_same_wheel(source: Path, wheel: Path, tmp_path: Path) -> None:
    build(source, tmp_path)
    rebuilt, straight = read_wheel(tmp_path), read_wheel(wheel)
    assert rebuilt == straight
    top = f"netcellar-{version(source)}"
    archive = set(read_tar(tmp_path / f"{top}.tar.gz"))
    orchestrator = {f"orchestrator/{name}" for name in orchestrator_files(source)}
    # hatchling adds .gitignore by itself, so that a build from the archive leaves out what Git leaves out.
    own = {"PKG-INFO", "hatch_build.py", "pyproject.toml", ".gitignore"}
    assert archive == {f"{top}/{name}" for name in set(collection_files(source)) | orchestrator | own}
