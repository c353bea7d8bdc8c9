"""References to secrets: how the project file names them, and the one moment they are resolved (at launch)."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .errors import RunRefusedError
from .reading import Section, near_miss

THREE_WAYS = (
    "give a reference, one of: {env: NAME} for an environment variable, {file: path} for a file with mode 0600, "
    "{vault: {file: path, key: name, password_file: path}} for an Ansible Vault file"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is. ``kind`` is env, file or vault; paths are absolute."""

    kind: str
    name: str = ""
    path: Path = Path()
    password_file: Path = Path()
    where: str = field(default="", compare=False)


def read_reference(section: Section, name: str) -> Reference | None:
    """The reference under ``name``, or None where there is none. A plain text is a fault that names the three ways."""
    if not section.has(name):
        return None
    if not isinstance(section.values[name].value, dict):
        section.fault(name, "is a plain text where a reference to a secret belongs", THREE_WAYS)
        return None
    inner = section.section(name)
    inner.only(("env", "file", "vault"))
    given = [kind for kind in ("env", "file", "vault") if kind in inner.values]
    if len(given) != 1:
        section.fault(name, f"names {len(given)} ways to the secret, must be exactly one", THREE_WAYS)
        return None
    return _vault(inner) if given[0] == "vault" else _plain(inner, given[0])


def _plain(section: Section, kind: str) -> Reference | None:
    value = section.text(kind, required=True)
    if value is None:
        return None
    where = f"{section.file}:{section.values[kind].line}"
    if kind == "env":
        return Reference("env", name=value, where=where)
    return Reference("file", path=section.file.parent / Path(value).expanduser(), where=where)


def _vault(section: Section) -> Reference | None:
    vault = section.section("vault")
    vault.only(("file", "key", "password_file"))
    file, key, password_file = (vault.text(name, required=True) for name in ("file", "key", "password_file"))
    if file is None or key is None or password_file is None:
        return None
    folder = section.file.parent
    where = f"{section.file}:{vault.node.line}"
    return Reference(
        "vault",
        name=key,
        path=folder / Path(file).expanduser(),
        password_file=folder / Path(password_file).expanduser(),
        where=where,
    )


class Resolver:
    """Resolves references to their values, each vault file once. ``warn`` is told of files that others can read."""

    def __init__(self, environment: Mapping[str, str], warn: Callable[[str], None]) -> None:
        self.environment = environment
        self.warn = warn
        self.vaults: dict[tuple[Path, Path], Mapping[str, object]] = {}

    def resolve(self, reference: Reference) -> str:
        """The secret. A missing one is a ``RunRefusedError`` that names the reference, never a value."""
        value = {"env": self._env, "file": self._file, "vault": self._vault}[reference.kind](reference)
        if not value:
            raise RunRefusedError(f"{reference.where}: the secret is empty", remedy="give it a value")
        return value

    def _env(self, reference: Reference) -> str:
        if reference.name not in self.environment:
            message = f"{reference.where}: the environment variable {reference.name} is not set"
            raise RunRefusedError(message, remedy=f"export {reference.name} before the run, or use a file or a vault")
        return self.environment[reference.name]

    def _file(self, reference: Reference) -> str:
        return self._read(reference, reference.path).strip("\r\n")

    def _read(self, reference: Reference, path: Path) -> str:
        try:
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                self.warn(f"{path}: others may read this secret: chmod 0600 {path}")
            return path.read_text(encoding="utf-8")
        except OSError as error:
            message = f"{reference.where}: the secret's file {path} cannot be read: {error.strerror}"
            raise RunRefusedError(message, remedy="create it with mode 0600") from error
        except UnicodeDecodeError as error:
            raise RunRefusedError(f"{reference.where}: {path} is not UTF-8 text") from error

    def _vault(self, reference: Reference) -> str:
        place = (reference.path, reference.password_file)
        if place not in self.vaults:
            self._read(reference, reference.password_file)
            self.vaults[place] = open_vault(reference)
        values = self.vaults[place]
        if not isinstance(values.get(reference.name), str):
            known = near_miss(reference.name, [str(name) for name in values])
            message = f"{reference.where}: the vault {reference.path} has no text under `{reference.name}`"
            raise RunRefusedError(message, remedy=known)
        return str(values[reference.name])


def open_vault(reference: Reference) -> Mapping[str, object]:
    """Decrypt a vault file with the ``ansible-vault`` that is installed beside this Python."""
    command = [str(Path(sys.executable).parent / "ansible-vault"), "view"]
    command += ["--vault-password-file", str(reference.password_file), "--", str(reference.path)]
    environment = {"PATH": os.defpath, "HOME": str(Path.home()), "PAGER": "cat", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["ansible-vault gave no reason"])[-1].removeprefix("[ERROR]: ")
        message = f"{reference.where}: the vault {reference.path} cannot be opened: {said}"
        raise RunRefusedError(message, remedy="check the path and the password file")
    try:
        values = yaml.safe_load(done.stdout)
    except yaml.YAMLError:
        values = None
    if not isinstance(values, dict):
        message = f"{reference.where}: the vault {reference.path} holds no mapping of names to secrets"
        raise RunRefusedError(message, remedy="inside it, write one `name: secret` per line")
    return values
