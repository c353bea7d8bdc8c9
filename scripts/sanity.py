"""Run `ansible-test sanity` on a real copy of the collection, without Galaxy and without the user's ~/.ansible.

ansible-test resolves symbolic links, so the checkout (linked from .dev) will not do; and it lints whatever lies beside
the collection, so the copy holds what is shipped and nothing else. The environments that it makes stay in .cache.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from ast import literal_eval
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "sanity"
COPY = CACHE / "ansible_collections" / "netcellar" / "backup"
SHIPPED = ("galaxy.yml", "LICENSE", "README.md", "requirements.txt", "meta", "plugins", "roles", "playbooks")
WANTED = (*SHIPPED, "CHANGELOG.md", "changelogs/changelog.yaml", "tests/config.yml", "tests/sanity/ignore-*.txt")

# ansible-test downloads a get-pip.py of its own; Python brings pip along, and the package index has the right version.
GET_PIP = """\
import subprocess, sys
# In a process of its own: ensurepip makes the process that calls it forget pip's settings.
subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
options = [option for option in sys.argv[1:] if option not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *options]))
"""


def copy_collection() -> None:
    """Make the copy equal to the files of the checkout that Git does not ignore."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *WANTED]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    shutil.rmtree(COPY, ignore_errors=True)
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, COPY / name)
    # Its own repository: else ansible-test asks the checkout's, which ignores .cache, and finds no files to test.
    subprocess.run(["git", "init", "--quiet"], cwd=COPY, check=True)
    subprocess.run(["git", "add", "--all", "--force"], cwd=COPY, check=True)


def make_home() -> Path:
    """A home folder for ansible-test, with the user's pip settings and our get-pip."""
    home = CACHE / "home"
    scripts = home / ".ansible" / "test" / "cache"
    scripts.mkdir(parents=True, exist_ok=True)
    (scripts / f"get_pip_{pip_version().replace('.', '_')}.py").write_text(GET_PIP, encoding="utf-8")
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.touch(mode=0o600)
    settings.write_text("\n".join(["[global]", *pip_settings(), ""]), encoding="utf-8")
    return home


def pip_settings() -> list[str]:
    """The user's settings of pip as lines of a pip.conf, since ansible-test drops them with environment and home."""
    listing = [sys.executable, "-m", "pip", "config", "list"]
    lines = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    settings = {key.rpartition(".")[2]: " ".join(literal_eval(value).split()) for key, _, value in pairs}
    return [f"{key} = {value}" for key, value in {**settings, "quiet": "2"}.items()]


def pip_version() -> str:
    """The version of pip that the installed ansible-test asks for."""
    spec = find_spec("ansible_test")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("ansible-test is not installed: make venv")
    source = Path(spec.submodule_search_locations[0], "_internal", "python_requirements.py").read_text(encoding="utf-8")
    found = re.search(r"\bpip='([0-9.]+)'", source)
    if found is None:
        sys.exit("this ansible-test names no version of pip: scripts/sanity.py must learn where it went")
    return found[1]


def main() -> int:
    """Run it; the arguments go to ansible-test (for example ``--test import``)."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as turn:
        # One at a time: a second run would take away the copy that the first one reads.
        fcntl.flock(turn, fcntl.LOCK_EX)
        return _test(sys.argv[1:])


def _test(arguments: list[str]) -> int:
    copy_collection()
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "HOME": str(make_home()), "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("ANSIBLE_COLLECTIONS_PATH", None)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [binaries / "ansible-test", "sanity", "--local", "--color", "no", "--python", python, *arguments]
    return subprocess.run(command, cwd=COPY, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
