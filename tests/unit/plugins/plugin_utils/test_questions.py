"""What a cellar can be asked: versions, texts as they were, differences, lines, the fleet of a day, the unsaved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils import differences, writer
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.differences import difference, run_difference
from ansible_collections.netcellar.backup.plugins.plugin_utils.fleet import snapshot, unsaved
from ansible_collections.netcellar.backup.plugins.plugin_utils.grep import Pattern
from ansible_collections.netcellar.backup.plugins.plugin_utils.history import (
    history,
    run_commits,
    text,
)
from ansible_collections.netcellar.backup.plugins.plugin_utils.library import Library
from ansible_collections.netcellar.backup.plugins.plugin_utils.search import Span, search, search_history

from .cellar_kit import capture, git, in_clone, person_commits, store

DAY = 24 * 3600
FIRST = 1_795_219_200  # 2026-11-21T00:00:00Z


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Four days: two devices; a changes; a is renamed; b changes."""
    cellar = Cellar(tmp_path / "cellar.git")
    line = "".join(f"interface e{number}\n" for number in range(20))
    days = [
        {"a": (f"hostname a\nntp 1\n{line}", "x/a"), "b": ("hostname b\nntp 1\n", "x/b")},
        {"a": (f"hostname a\nntp 2\n{line}", "x/a"), "b": ("hostname b\nntp 1\n", "x/b")},
        {"a": (f"hostname a\nntp 2\n{line}", "y/new")},
        {"b": ("hostname b\nntp 9\n", "x/b")},
    ]
    for number, captures in enumerate(days):
        monkeypatch.setattr(writer.time, "time", lambda number=number: FIRST + number * DAY + 3600)
        at = f"2026-11-2{1 + number}T00:00:00Z"
        run = f"run-{number}"
        store(
            cellar,
            *(capture(name, words, path=path, captured_at=at, run=run) for name, (words, path) in captures.items()),
            run=run,
        )
    yield Library(cellar.repository)


def test_history_is_newest_first_and_goes_on_under_earlier_names(library: Library) -> None:
    versions = list(history(library, library.device("name-a")))
    assert [(each.run, each.path) for each in versions] == [("run-2", "y/new"), ("run-1", "x/a"), ("run-0", "x/a")]
    assert (versions[1].added, versions[1].removed) == (1, 1)
    assert versions[0].stored_at == "2026-11-23T01:00:00Z"
    assert (versions[0].added, versions[0].removed) == (0, 0)
    assert [each.run for each in history(library, library.device("b"))] == ["run-3", "run-0"]


@pytest.mark.parametrize(
    ("at", "ntp"),
    [(None, "2"), ("2026-11-21", "1"), ("2026-11-22T00:59", "1"), ("2026-11-22", "2"), ("2027-01-01", "2")],
)
def test_a_text_is_shown_as_it_was_also_under_its_earlier_name(library: Library, at: str | None, ntp: str) -> None:
    assert f"\nntp {ntp}\n".encode() in text(library, library.device("a"), at)


def test_a_commit_is_a_moment_too(library: Library) -> None:
    first = list(history(library, library.device("a")))[-1].commit
    assert b"ntp 1" in text(library, library.device("a"), first[:12])
    assert b"ntp 1" in text(library, library.device("a"), first.upper())


@pytest.mark.parametrize(
    "at", ["2026-11-20", "1969-12-31", "0001-01-01", "0123456789", "yesterday", "--all", "2026-13-01", "main"]
)
def test_a_moment_that_is_none_is_told(library: Library, at: str) -> None:
    with pytest.raises(NetcellarError) as raised:
        text(library, library.device("a"), at)
    assert raised.value.error == "git"


def test_a_device_that_is_not_there_is_told_with_its_neighbours(library: Library) -> None:
    with pytest.raises(NetcellarError, match="nothing is stored") as raised:
        library.device("NAME")
    assert "name-a, name-b" in (raised.value.remedy or "")
    with pytest.raises(NetcellarError, match="nothing is stored") as raised:
        library.device("nama-b")
    assert 'Did you mean "name-b"' in (raised.value.remedy or "")
    with pytest.raises(NetcellarError, match="no startup"):
        library.device("name-a", "startup")
    with pytest.raises(NetcellarError, match="holds nothing"):
        Library(library.repository.with_name("none.git")).device("a")
    assert not library.repository.with_name("none.git").exists()


def test_differences_are_those_between_two_moments(library: Library) -> None:
    device = library.device("b")
    lines = difference(library, device).text.splitlines()
    assert {"-ntp 1", "+ntp 9"} <= set(lines)
    assert "+ntp 2" in difference(library, library.device("a"), "2026-11-21", "2026-11-22").text
    assert difference(library, device, "2026-11-21", "2026-11-22").text == ""
    with pytest.raises(NetcellarError, match="nothing was stored yet"):
        difference(library, device, "2026-11-01", "2026-11-22")


def test_the_commits_of_a_run_are_found_by_its_id_or_the_beginning_of_it(library: Library) -> None:
    newest_first = git(library.repository, "rev-list", "main").splitlines()
    assert run_commits(library, "run-1") == ("run-1", [newest_first[2]])
    assert run_commits(library, "last") == ("run-3", [newest_first[0]])
    with pytest.raises(NetcellarError, match="4 runs that begin"):
        run_commits(library, "run")
    for run, near in (("run-1.*", 'Did you mean "run-1"'), ("", "Known here: run-0, run-1, run-2, run-3.")):
        with pytest.raises(NetcellarError, match="changed anything") as raised:
            run_commits(library, run)
        assert near in (raised.value.remedy or "")
        assert (raised.value.remedy or "").endswith((". See: netcellar runs list", "? See: netcellar runs list"))


def test_the_same_change_on_many_devices_is_shown_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cellar = Cellar(tmp_path / "cellar.git")
    monkeypatch.setattr(differences, "WORTH_PROCESSES", 2)
    texts = {"a": "ntp server 1\n", "b": "hostname b\nntp server 1\n", "c": "x\n", "moved": "ntp a\nsnmp b\n"}
    store(cellar, *(capture(name, text + "i\n j\n", run="run-1") for name, text in texts.items()), run="run-1")
    texts |= {"a": "ntp server 2\n", "b": "hostname b\nntp server 2\n", "new": "y\n", "moved": "snmp b\nntp a\n"}
    later = {"captured_at": "2026-11-21T01:00:00Z", "run": "run-2"}
    store(cellar, *(capture(name, text + "i\n j\n", **later) for name, text in texts.items()), run="run-2")
    seen: list[tuple[int, int]] = []
    found = run_difference(Library(cellar.repository), "run-2", lambda done, total: seen.append((done, total)))
    assert [(each.devices, each.change.about, each.change.lines) for each in found.shared] == [
        (("name-a", "name-b"), "management", ("- ntp server 1", "+ ntp server 2"))
    ]
    assert (found.new, found.gone, found.silent) == (("name-new",), (), ("name-moved",))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_text_without_an_outline_is_compared_line_by_line_and_says_so(tmp_path: Path) -> None:
    cellar = Cellar(tmp_path / "cellar.git")
    for run, word in (("run-1", "up"), ("run-2", "down")):
        text = f"interface 1\n{word}\nexit\n"
        store(cellar, capture("a", text, run=run, captured_at=f"2026-11-21T00:00:0{run[-1]}Z"), run=run)
    library = Library(cellar.repository)
    assert difference(library, library.device("a")).comparison.plain == "its blocks are not indented"
    (shared,) = run_difference(library, "last").shared
    assert shared.plain == "its blocks are not indented"
    assert {"- up", "+ down"} <= set(shared.change.lines)


def test_search_finds_lines_now_and_then(library: Library) -> None:
    assert [(hit.device, hit.number, hit.line) for hit in search(library, Pattern(r"^ntp \d"))] == [
        ("name-b", 2, "ntp 9"),
        ("name-a", 2, "ntp 2"),
    ]
    assert [hit.line for hit in search(library, Pattern("ntp"), at="2026-11-21")] == ["ntp 1", "ntp 1"]
    assert [hit.path for hit in search(library, Pattern("NTP", ignore_case=True), "name-b")] == ["x/b"]
    assert [hit.path for hit in search(library, Pattern("ntp"), "name-a", "2026-11-21")] == ["x/a"]
    assert list(search(library, Pattern("ntp"), "core-*")) == []
    assert list(search(library, Pattern("no such line"))) == []
    assert list(search(library, Pattern("-x"))) == []
    assert list(search(library, Pattern("ntp .", fixed=True))) == []


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("((", "cannot search"),
        ("(a+)+$", "too many tries"),
        ("(?R)", "too many tries|cannot search"),
        ("limit(", "cannot search"),
        ("\0", "zero"),
        ("a\nb", "line end"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_told(tmp_path: Path, pattern: str, told: str) -> None:
    cellar = Cellar(tmp_path / "cellar.git")
    store(cellar, capture("a", "a" * 60 + "b\n"))
    with pytest.raises(NetcellarError, match=told):
        list(search(Library(cellar.repository), Pattern(pattern)))


def test_odd_bytes_hide_no_line_and_searching_leaves_nothing_behind(tmp_path: Path) -> None:
    cellar = Cellar(tmp_path / 'a:"b.git')
    store(cellar, capture("a", "\0one\0\r\nntp ü\n", path='x y/ü\t"'.replace("\t", " ")), capture("b", "ntp 1"))
    before = sorted(path for path in cellar.repository.rglob("*"))
    found = list(search(Library(cellar.repository), Pattern("ntp|one")))
    assert [(hit.device, hit.number, hit.line) for hit in found] == [
        ("name-b", 1, "ntp 1"),
        ("name-a", 1, "\0one\0\r"),
        ("name-a", 2, "ntp ü"),
    ]
    assert sorted(path for path in cellar.repository.rglob("*")) == before


def test_search_in_the_past_tells_what_came_and_went(library: Library) -> None:
    seen: list[tuple[int, int]] = []
    found = list(search_history(library, Pattern("ntp"), progress=lambda done, total: seen.append((done, total))))
    assert [(each.run, each.device, each.removed, each.added) for each in found] == [
        ("run-3", "name-b", ("ntp 1",), ("ntp 9",)),
        ("run-1", "name-a", ("ntp 1",), ("ntp 2",)),
        ("run-0", "name-a", (), ("ntp 1",)),
        ("run-0", "name-b", (), ("ntp 1",)),
    ]
    assert seen == [(4, 4)]


@pytest.mark.parametrize(
    ("devices", "span", "runs"),
    [
        ("name-a", Span(), ["run-1", "run-0"]),
        ("*", Span(since="2026-11-23"), ["run-3"]),
        ("name-b", Span(since="0001-01-01"), ["run-3", "run-0"]),
        ("*", Span(at="2026-11-22"), ["run-1", "run-0", "run-0"]),
        ("no*", Span(), []),
    ],
)
def test_search_in_the_past_is_bounded(library: Library, devices: str, span: Span, runs: list[str]) -> None:
    assert [each.run for each in search_history(library, Pattern("ntp"), devices, span)] == runs


def test_a_snapshot_is_the_fleet_of_that_day(library: Library, tmp_path: Path) -> None:
    commit, count = snapshot(library, "2026-11-21", tmp_path / "then")
    assert count == 2
    assert {path.relative_to(tmp_path / "then").as_posix() for path in (tmp_path / "then").rglob("*.*")} == set()
    assert (tmp_path / "then/x/b").read_text() == "hostname b\nntp 1\n"
    assert commit == git(library.repository, "rev-list", "--max-parents=0", "main")
    with pytest.raises(NetcellarError, match="not empty"):
        snapshot(library, "2026-11-21", tmp_path / "then")
    assert (tmp_path / "then").stat().st_mode & 0o077 == 0


def test_a_snapshot_is_written_into_its_folder_and_nowhere_else(library: Library, tmp_path: Path) -> None:
    with pytest.raises(NetcellarError, match="in the repository itself"):
        snapshot(library, "2026-11-21", library.repository / "then")
    (tmp_path / "file").touch()
    for place in ("file", "file/below"):
        with pytest.raises(NetcellarError, match="a file is in its place"):
            snapshot(library, "2026-11-21", tmp_path / place)
    person_commits(library.repository, "x/c", "in the clone\n")
    clone = tmp_path / "person-cellar.git"
    (clone / "link").symlink_to("/etc/passwd")
    in_clone(clone, "add", "-A")
    in_clone(clone, "-c", "user.name=p", "-c", "user.email=p@x", "commit", "-qm", "link")
    in_clone(clone, "push", "-q", "origin", "HEAD:main")
    with pytest.raises(NetcellarError, match="cannot be written"):
        snapshot(Library(library.repository), "9999-12-31", tmp_path / "linked")
    assert not (tmp_path / "linked" / "link").is_symlink()


def test_unsaved_devices_are_those_whose_two_texts_say_different_things(tmp_path: Path) -> None:
    cellar = Cellar(tmp_path / "cellar.git")
    texts = {"saved": ("A", "A"), "volatile": ("A", "A"), "not": ("A", "B"), "alone": ("A", None)}
    for device, (running, startup) in texts.items():
        for artifact, same_as in {"running": running, "startup": startup}.items():
            if same_as:
                words = f"{device} {artifact if device == 'volatile' else same_as}\n"
                store(cellar, capture(device, words, artifact=artifact, same_as=same_as, path=f"{device}.{artifact}"))
    assert [each.device for each in unsaved(Library(cellar.repository))] == ["name-not"]


def test_the_users_git_configuration_changes_no_answer(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text(
        "[color]\n ui = always\n[log]\n showSignature = true\n follow = true\n date = relative\n"
        "[diff]\n noprefix = true\n external = false\n[grep]\n patternType = perl\n column = true\n heading = true\n"
    )
    plain = [list(history(library, library.device("a"))), difference(library, library.device("b"))]
    hits = list(search(library, Pattern("ntp")))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert os.environ["HOME"] == str(tmp_path)
    assert [list(history(library, library.device("a"))), difference(library, library.device("b"))] == plain
    assert list(search(library, Pattern("ntp"))) == hits
