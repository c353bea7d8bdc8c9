"""The command line: exit codes, no traceback, and output for people and for machines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import Quarantine, Suspect
from netcellar.cli import cli, run_cli
from netcellar.editor_schema import MARK
from netcellar.scaffold import write_scaffold

from .conftest import SOUND

Write = Callable[[str], Path]


def commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield (*names, name), command


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory is a fresh project."""
    write_scaffold(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("names", "command"), list(commands(cli)), ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_shows_examples(names: tuple[str, ...], command: click.Command) -> None:
    assert command.help is not None
    assert "Examples:" in command.help
    assert f"netcellar {' '.join(names)}" in command.help


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--version"], 0, ["netcellar"]),
        (["--help"], 0, ["Exit codes"]),
        (["run", "--help"], 0, ["--limit"]),
        (["frob"], 2, ["No such command"]),
        (["run"], 2, ["which job?", "nightly"]),
        (["run", "--resume", "20200101"], 2, ["there is no run `20200101`", "netcellar runs list"]),
        (["--project", "/nonexistent", "check"], 2, ["does not exist"]),
        (["runs", "show", "nope"], 2, ["there is no run `nope`", "netcellar runs list"]),
        (["run", "weekly"], 2, ["there is no job `weekly`", "nightly"]),
        (["run", "nightly", "--limit", "{{ x }}"], 2, ["no pattern"]),
        (["run", "nightly", "--limit=-x"], 2, ["no pattern"]),
        (["run", "nightly", "--limit=@x"], 2, ["no pattern"]),
        (["run", "nightly", "--limit", " "], 2, ["no pattern"]),
        (["inventory", "preview", "nope"], 2, ["neither an inventory nor a file", "example"]),
        (["inventory", "list", "--query", "[?"], 2, ["--query"]),
        (["inventory", "list", "--query", "[::0]"], 2, ["--query: slice step cannot be zero", "jmespath.org"]),
        (["inventory", "list", "--query", "contains('a', @)"], 2, ["--query: "]),
        (["inventory", "list", "--query", "&name"], 2, ["--query: "]),
        (["metrics", "--file", "nowhere/x.prom"], 2, ["netcellar: nowhere/x.prom: No such file"]),
        (["inventory", "list", "--output", "xml"], 2, ["'xml' is not one of"]),
        (["run", "nightly"], 3, ["refused", "NETCELLAR_BACKUP_PASSWORD is not set"]),
    ],
)
def test_exit_codes(
    arguments: list[str], code: int, words: list[str], inside: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(arguments) == code
    output = "".join(capfd.readouterr())
    assert "Traceback" not in output
    for word in words:
        assert word in output


def test_a_broken_project_file_is_exit_code_2(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(SOUND.replace("jobs:", "job:"))
    assert run_cli(["--project", str(file), "check"]) == 2
    assert f"{file}:15: job: unknown key\n  -> did you mean `jobs`?" in capsys.readouterr().err


def test_what_init_writes_passes_check_except_its_placeholders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    assert run_cli(["init", str(folder)]) == 0
    assert run_cli(["--project", str(folder), "check", "--output", "json"]) == 0
    printed = capsys.readouterr().out
    findings = json.loads(printed[printed.index("[") :])
    not_ready = [finding for finding in findings if finding["state"] != "ok"]
    assert [finding["subject"] for finding in not_ready] == ["credential backup: password"]
    assert "NETCELLAR_BACKUP_PASSWORD" in not_ready[0]["message"]
    assert "EDIT" in (folder / "netcellar.yml").read_text()


def test_init_makes_a_key_of_its_own_that_nobody_else_can_read(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "other", "one"):
        assert run_cli(["init", str(tmp_path / name)]) == 0
        key = tmp_path / name / "mask.key"
        assert (key.stat().st_mode & 0o777, len(key.read_text().strip())) == (0o600, 64)
        keys.append(key.read_text())
    assert (keys[0] == keys[2], keys[0] == keys[1]) == (True, False)
    assert "mask.key" in (tmp_path / "one" / ".gitignore").read_text()


def test_check_says_that_the_key_for_masking_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scaffold(tmp_path)
    file = tmp_path / "netcellar.yml"
    file.write_text(file.read_text().replace("mask_key: {file: mask.key}", ""))
    run_cli(["--project", str(tmp_path), "check", "--output", "json", "--query", "[?subject=='job nightly']"])
    [finding] = json.loads(capsys.readouterr().out)
    assert (finding["state"], "mask_key: {file: mask.key}" in finding["remedy"]) == ("todo", True)


def test_init_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "netcellar.yml").write_text("mine")
    assert run_cli(["init", str(tmp_path)]) == 0
    assert (tmp_path / "netcellar.yml").read_text() == MARK + "mine"
    assert (tmp_path / "devices.yml").exists()
    assert "kept" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run_cli(["init", str(tmp_path / "file" / "below")]) == 2
    assert "Not a directory" in capsys.readouterr().err


def test_preview_for_machines(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(SOUND.replace("  token: {env: NAUTOBOT_TOKEN}\n", ""))
    arguments = ["--project", str(file), "inventory", "preview", "production"]
    assert run_cli([*arguments, "--output", "json", "--query", "devices[].host"]) == 0
    assert json.loads(capsys.readouterr().out) == ["r1", "r2"]
    assert run_cli([*arguments, "--output", "yaml"]) == 0
    value = yaml.safe_load(capsys.readouterr().out)
    assert (value["count"], value["queries"], value["name"]) == (2, [], "production")
    assert run_cli([*arguments, "--query", "devices[].{host: host, address: primary_ip}"]) == 0
    assert capsys.readouterr().out.split() == ["host", "address", "r1", "192.0.2.1", "r2", "-"]


def test_names_are_shown_and_not_obeyed(folder: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "devices.yml").write_text('devices: [{id: x, name: r1, location: "[red]\\e[31mBerlin"}]\n')
    file = write(SOUND.replace("  token: {env: NAUTOBOT_TOKEN}\n", ""))
    assert run_cli(["--project", str(file), "inventory", "preview", "production"]) == 0
    printed = capsys.readouterr().out
    assert "[red]\\x1b[31mBerlin" in printed
    assert "\x1b" not in printed


def test_a_repository_of_which_a_killed_run_made_only_our_own_folder_is_not_wrong(
    folder: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "cellar.git" / "netcellar" / "staged").mkdir(parents=True)
    run_cli(["--project", str(write(SOUND)), "check", "--output", "json"])
    states = {one["subject"]: one["state"] for one in json.loads(capsys.readouterr().out)}
    assert states["repository main"] == "ok"


def test_check_tells_what_is_wrong(folder: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "cellar.git" / "of-somebody-else").mkdir(parents=True)
    (folder / "extra.yml").write_text("plugin: netcellar.backup.devices\n")
    (folder / "devices.yml").write_text("devices: [{name: r1, platform: toaster}, {name: r2}]\n")
    file = write(SOUND)
    assert run_cli(["--project", str(file), "check", "--output", "json"]) == 2
    states = {(one["subject"], one["state"]): one for one in json.loads(capsys.readouterr().out)}
    assert "no bare Git repository" in states["repository main", "wrong"]["message"]
    assert "neither conditions nor match" in states["inventory extra", "wrong"]["message"]
    assert states["nautobot token", "todo"]["remedy"].startswith("export NAUTOBOT_TOKEN")
    assert "without a platform: r2" in json.dumps(list(states.values())) or "toaster" in json.dumps(
        list(states.values())
    )


def test_check_online_reaches_the_remote(folder: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    # Without a job there is no device to be tried.
    sound = SOUND[: SOUND.index("nautobot:")] + SOUND[SOUND.index("repositories:") : SOUND.index("jobs:")]
    arguments = ["--project", str(write(sound)), "check", "--online", "--query", "[?subject=='remote of main'].state"]
    assert run_cli(arguments) == 2
    assert capsys.readouterr().out == "wrong\n"
    subprocess.run(["git", "init", "--quiet", "--bare", folder / "remote.git"], check=True)
    assert run_cli(arguments) == 0
    assert capsys.readouterr().out == "ok\n"


def test_a_closed_pipe_is_no_error(folder: Path, write: Write) -> None:
    file = write(SOUND)
    command = [sys.executable, "-m", "netcellar", "--project", str(file), "check"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_refused_runs_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scaffold(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run_cli(["run", "nightly"]) == 3
    capsys.readouterr()
    assert run_cli(["runs", "list", "--output", "json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    assert (row["job"], row["status"], row["devices_backed_up"]) == ("nightly", "refused", 0)
    for asked in ("last", row["run_id"], row["run_id"][:-2]):
        assert run_cli(["runs", "show", asked, "--output", "json", "--query", "[schema, status, success]"]) == 0
        assert json.loads(capsys.readouterr().out) == [1, "refused", False]
    assert run_cli(["runs", "show", "last"]) == 0
    assert "is not set" in capsys.readouterr().out


def test_a_quarantined_text_moves_no_terminal(
    inside: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suspect = Suspect("id-1", "core-1", "running", "cisco_ios", "run-1", "2026-11-21T02:00:00Z", "incomplete", "cut")
    Quarantine(inside / "cellar.git").keep(suspect, "banner \x1b]0;x\x07\udc9b\r\nend\r\n")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run_cli(["quarantine", "show", "core-1"]) == 0
    assert capsys.readouterr().out == "banner \\x1b]0;x\\x07\\udc9b\nend\n"


def test_what_is_in_quarantine_is_listed_shown_and_released(inside: Path, capsysbinary: Any) -> None:
    suspect = Suspect("id-1", "core-1", "running", "cisco_ios", "run-1", "2026-11-21T02:00:00Z", "incomplete", "cut")
    Quarantine(inside / "cellar.git").keep(suspect, "hostname core-1\ncaf\u00e9\n")

    assert run_cli(["quarantine", "list", "--output", "json"]) == 0
    [row] = json.loads(capsysbinary.readouterr().out)
    assert (row["name"], row["error"], row["repository"]) == ("core-1", "incomplete", "main")
    assert run_cli(["quarantine", "show", "core-1"]) == 0
    assert capsysbinary.readouterr().out.decode() == "hostname core-1\ncaf\u00e9\n"
    assert run_cli(["quarantine", "release", row["id"], "--to", "mine.txt"]) == 0
    assert (inside / "mine.txt").read_text() == "hostname core-1\ncaf\u00e9\n"
    assert run_cli(["quarantine", "list"]) == 0
    assert b"Nothing is in quarantine" in capsysbinary.readouterr().out
    assert run_cli(["quarantine", "show", "core-1"]) == 2


@pytest.mark.parametrize("state", ["devices.yml", "devices.yml/below"])
def test_a_state_that_cannot_be_written(
    state: str, folder: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = SOUND[: SOUND.index("nautobot:")] + SOUND[SOUND.index("repositories:") :]
    file = write(sound.replace("version: 1\n", f"version: 1\nstate: {state}\n"))
    before = sorted(folder.rglob("*"))
    assert run_cli(["--project", str(file), "check", "--query", "[?subject=='state'].[state, remedy]"]) == 2
    assert "set `state` to a folder" in capsys.readouterr().out
    assert run_cli(["--project", str(file), "run", "nightly"]) == 3
    assert "set `state` in netcellar.yml to a folder that you may write in" in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


def test_a_project_in_a_read_only_folder_can_be_looked_over(folder: Path, write: Write) -> None:
    file = write(SOUND)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    run_cli(["--project", str(file), "check"])
    run_cli(["--project", str(file), "schedule", "next"])
    run_cli(["--project", str(file), "inventory", "list"])
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before, "it needs to write nothing"


def test_a_window_that_is_closed(folder: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    hour = datetime.now(UTC).hour
    window = f'window: {{from: "{(hour + 2) % 24}:00", to: "{(hour + 3) % 24}:00"}}'
    sound = SOUND[: SOUND.index("nautobot:")] + SOUND[SOUND.index("repositories:") :]
    file = write(sound.replace("concurrency: 20", window))
    assert run_cli(["--project", str(file), "run", "nightly"]) == 3
    assert "is closed\n  -> wait, or run it all the same with --any-time" in capsys.readouterr().err
    assert run_cli(["--project", str(file), "run", "nightly", "--any-time"]) == 3
    assert "LAB_PASSWORD is not set" in capsys.readouterr().out
