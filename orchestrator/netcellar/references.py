"""References to secrets: how the project file names them, and the one moment they are resolved (at launch)."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .errors import RunRefusedError
from .fields import Field, Fields, Inner, Schema, Text, Texts, read_fields, schema_of
from .reading import Section, near_miss

WAYS = (
    "give a reference, one of: {env: NAME} for an environment variable, {file: path} for a file with mode 0600, "
    "{vault: {file: path, key: name, password_file: path}} for an Ansible Vault file, "
    "{command: [program, argument]} for a helper that prints it, such as a password manager"
)
KINDS = ("env", "file", "vault", "command")
COMMAND_SECONDS = 60
LONGEST = 200
VAULT: Fields = {
    "file": Field(Text(), "the Ansible Vault file", required=True),
    "key": Field(Text(), "the key in it that the secret stands under", required=True),
    "password_file": Field(Text(), "the file with the vault's password", required=True),
}
FIELDS: Fields = {
    "env": Field(Text(), "an environment variable of the process that runs the job"),
    "file": Field(Text(), "a file that holds the secret alone (mode 0600)"),
    "vault": Field(Inner(VAULT), "a key of an Ansible Vault file"),
    "command": Field(Texts(), "a program and its arguments; the first line that it prints is the secret"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is. ``kind`` is env, file, vault or command; paths are absolute.

    ``path`` of a command is the folder that it is run in.
    """

    kind: str
    name: str = ""
    path: Path = Path()
    password_file: Path = Path()
    command: tuple[str, ...] = ()
    where: str = field(default="", compare=False)


class Secret:
    """A reference to a secret; a plain text is a fault that names the ways."""

    def read(self, part: Section, name: str) -> Reference | None:
        if not isinstance(part.values[name].value, dict):
            part.fault(name, "is a plain text where a reference to a secret belongs", WAYS)
            return None
        inner = part.section(name)
        values = read_fields(inner, FIELDS)
        given = [kind for kind in KINDS if kind in inner.values]
        if len(given) != 1:
            part.fault(name, f"names {len(given)} ways to the secret, must be exactly one", WAYS)
            return None
        return _reference(inner, given[0], values)

    def schema(self) -> Schema:
        return {**schema_of(FIELDS), "oneOf": [{"required": [kind]} for kind in KINDS]}


def _reference(part: Section, kind: str, values: dict[str, Any]) -> Reference | None:
    where = f"{part.file}:{part.values[kind].line}"
    if not part.has(kind) or not values[kind]:
        part.fault(kind, "is empty", WAYS)
        return None
    if kind == "env":
        return Reference("env", name=values["env"], where=where)
    if kind == "file":
        return Reference("file", path=part.place("file", values["file"]), where=where)
    if kind == "command":
        return Reference("command", path=part.file.parent, command=values["command"], where=where)
    file, key, password_file = (values["vault"][name] for name in ("file", "key", "password_file"))
    if file is None or key is None or password_file is None:
        return None
    places = [part.place("vault", path) for path in (file, password_file)]
    return Reference("vault", name=key, path=places[0], password_file=places[1], where=where)


class Resolver:
    """Resolves references to their values, each vault file once. ``warn`` is told of files that others can read."""

    def __init__(self, environment: Mapping[str, str], warn: Callable[[str], None]) -> None:
        self.environment = environment
        self.warn = warn
        self.vaults: dict[tuple[Path, Path], Mapping[str, object]] = {}

    def resolve(self, reference: Reference) -> str:
        """The secret. A missing one is a ``RunRefusedError`` that names the reference, never a value."""
        ways = {"env": self._env, "file": self._file, "vault": self._vault, "command": self._command}
        value = ways[reference.kind](reference)
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
            raise RunRefusedError(f"{reference.where}: {path} is not UTF-8 text", remedy="save it as UTF-8") from error

    def _command(self, reference: Reference) -> str:
        name = reference.command[0]
        try:
            done = _asked(reference, f"the helper `{name}`", reference.command, self.environment)
        except OSError as error:
            message = f"{reference.where}: the helper `{name}` cannot be run: {error.strerror}"
            raise RunRefusedError(message, remedy="install it, or write its whole path") from error
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1][:LONGEST]
            message = f"{reference.where}: the helper `{name}` ended with {done.returncode}: {said}"
            raise RunRefusedError(message, remedy="try it by hand, as the user that runs Netcellar")
        return done.stdout.partition("\n")[0].strip("\r")

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


def _asked(
    reference: Reference, who: str, command: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """What a program answers that nobody can help along. Raises OSError where it cannot be started."""
    folder = reference.path if reference.kind == "command" else None
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=folder,
            env=dict(environment),
            timeout=COMMAND_SECONDS,
        )
    # Both exceptions would carry what it printed so far.
    except subprocess.TimeoutExpired:
        message = f"{reference.where}: {who} gave no answer in {COMMAND_SECONDS} s"
        raise RunRefusedError(message, remedy="unlock it first: nobody is there to be asked") from None
    except UnicodeDecodeError:
        message = f"{reference.where}: {who} printed what is no UTF-8 text"
        raise RunRefusedError(message, remedy="let it print the secret as text") from None


def open_vault(reference: Reference) -> Mapping[str, object]:
    """Decrypt a vault file with the ``ansible-vault`` that is installed beside this Python."""
    command = [str(Path(sys.executable).parent / "ansible-vault"), "view"]
    command += ["--vault-password-file", str(reference.password_file), "--", str(reference.path)]
    environment = {"PATH": os.defpath, "HOME": str(Path.home()), "PAGER": "cat", "LC_ALL": "C.UTF-8"}
    done = _asked(reference, f"the vault {reference.path} (or its password program)", command, environment)
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
