"""Secrets are resolved at launch, from three places, and no message repeats one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from netcellar.errors import RunRefusedError
from netcellar.references import Reference, Resolver

SECRET = "s3cr3t-and-long"


def resolve(reference: Reference, environment: dict[str, str] | None = None) -> tuple[str, list[str]]:
    warnings: list[str] = []
    return Resolver(environment or {}, warnings.append).resolve(reference), warnings


def private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path


@pytest.fixture
def vault(tmp_path: Path) -> Reference:
    password = private(tmp_path / "password", "open\n")
    file = private(tmp_path / "vault.yml", f"lab: {SECRET}\nport: 22\n")
    tool = Path(sys.executable).parent / "ansible-vault"
    command = [tool, "encrypt", "--vault-password-file", password, file]
    subprocess.run(command, check=True, capture_output=True, env={"HOME": str(tmp_path), "LC_ALL": "C.UTF-8"})
    assert SECRET not in file.read_text()
    return Reference("vault", name="lab", path=file, password_file=password, where="netcellar.yml:9")


def test_environment() -> None:
    assert resolve(Reference("env", name="X"), {"X": SECRET}) == (SECRET, [])


def test_file_without_its_line_end(tmp_path: Path) -> None:
    assert resolve(Reference("file", path=private(tmp_path / "x", f" {SECRET}\n"))) == (f" {SECRET}", [])


def test_file_that_others_read_is_warned_of(tmp_path: Path) -> None:
    path = private(tmp_path / "x", SECRET)
    path.chmod(0o644)
    value, warnings = resolve(Reference("file", path=path))
    assert value == SECRET
    assert warnings == [f"{path}: others may read this secret: chmod 0600 {path}"]


def test_vault(vault: Reference) -> None:
    assert resolve(vault) == (SECRET, [])


def test_vault_with_a_wrong_password(vault: Reference, tmp_path: Path) -> None:
    private(tmp_path / "password", "other\n")
    with pytest.raises(RunRefusedError, match=r"netcellar.yml:9: the vault .* cannot be opened") as caught:
        resolve(vault)
    assert "other" not in str(caught.value)


def test_vault_whose_password_program_hangs(vault: Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.password_file.write_text("#!/bin/sh\nexec timeout 5 tail -f /dev/null\n")
    vault.password_file.chmod(0o700)
    monkeypatch.setattr("netcellar.references.COMMAND_SECONDS", 0.5)
    with pytest.raises(RunRefusedError, match=r"(?s)^netcellar.yml:9: the vault .* gave no answer in 0.5 s\n  -> "):
        resolve(vault)


@pytest.mark.parametrize("name", ["lap", "port"])
def test_vault_without_the_key_or_with_no_text_there(vault: Reference, name: str) -> None:
    with pytest.raises(RunRefusedError, match=f"has no text under `{name}`") as caught:
        resolve(Reference("vault", name=name, path=vault.path, password_file=vault.password_file))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "reference",
    [
        Reference("env", name="NOT_SET", where="f:1"),
        Reference("env", name="EMPTY", where="f:1"),
        Reference("file", path=Path("/nonexistent/x"), where="f:1"),
        Reference("vault", name="a", path=Path("/nonexistent/v"), password_file=Path("/nonexistent/p"), where="f:1"),
    ],
)
def test_what_is_not_there_names_the_line_and_a_remedy(reference: Reference) -> None:
    with pytest.raises(RunRefusedError, match=r"(?s)^f:1: .*\n  -> "):
        resolve(reference, {"EMPTY": ""})


def helper(*words: str, folder: Path = Path()) -> Reference:
    return Reference("command", command=words, path=folder, where="netcellar.yml:9")


def test_a_helper_prints_the_secret_in_its_first_line(tmp_path: Path) -> None:
    (tmp_path / "store").write_text(f"{SECRET}\nlogin: backup\n")
    assert resolve(helper("cat", "store", folder=tmp_path), {"PATH": os.defpath}) == (SECRET, [])


def test_a_helper_gets_its_words_as_they_are_and_no_shell(tmp_path: Path) -> None:
    words = "$(id); `id` 'a b' | cat"
    assert resolve(helper("printf", "%s", words, folder=tmp_path), {"PATH": os.defpath})[0] == words


def test_a_helper_has_the_environment_of_whoever_runs_the_job(tmp_path: Path) -> None:
    environment = {"PATH": os.defpath, "UNLOCKED": SECRET}
    assert resolve(helper("sh", "-c", 'printf %s "$UNLOCKED"', folder=tmp_path), environment)[0] == SECRET


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("netcellar-no-such-helper",), "cannot be run: No such file"),
        (("sh", "-c", f"echo {SECRET}; echo locked >&2; exit 3"), "ended with 3: locked"),
        (("true",), "the secret is empty"),
        (("sh", "-c", f"echo {SECRET}; exec tail -f /dev/null"), "gave no answer in 0.5 s"),
        (("printf", rf"{SECRET}\377"), "printed what is no UTF-8 text"),
    ],
)
def test_a_helper_that_gives_nothing(
    words: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netcellar.references.COMMAND_SECONDS", 0.5)
    with pytest.raises(RunRefusedError) as caught:
        resolve(helper(*words, folder=tmp_path), {"PATH": os.defpath})
    assert message in str(caught.value)
    assert str(caught.value).startswith("netcellar.yml:9: ")
    assert caught.value.remedy
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None or SECRET not in str(caught.value.__cause__)
