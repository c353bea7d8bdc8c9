"""A commit on a bare repository: only what changed, all or nothing, and by the rules of ownership."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils import cellar as cellar_module
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging

from .cellar_kit import RUN, capture, files, git, person_commits, sound, stage, store


@pytest.fixture
def cellar(tmp_path: Path) -> Cellar:
    return Cellar(tmp_path / "cellar.git")


def verdicts(result: object) -> dict[str, str]:
    return {device: decision.verdict for (device, _), decision in result.decisions.items()}  # type: ignore[attr-defined]


def test_the_first_commit_makes_the_repository_and_holds_every_text(cellar: Cellar) -> None:
    result = store(cellar, capture("a", "A\n"), capture("b", "B\n"))
    assert files(cellar.repository) == {"backups/a.running-config": "A\n", "backups/b.running-config": "B\n"}
    assert result.files_changed == 2
    assert result.commit == git(cellar.repository, "rev-parse", "main")
    assert Staging(cellar.repository).pending(RUN).staged == ()
    sound(cellar.repository)


def test_nothing_changed_makes_no_commit_and_no_object(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n"))
    refs = git(cellar.repository, "for-each-ref")
    objects = git(cellar.repository, "count-objects", "-v")
    result = store(cellar, capture("a", "A\n", captured_at="2026-11-22T00:00:00Z"))
    assert verdicts(result) == {"a": "unchanged"}
    assert git(cellar.repository, "for-each-ref") == refs
    assert git(cellar.repository, "count-objects", "-v") == objects
    (line,) = cellar_lines(cellar)
    assert line.captured_at == "2026-11-22T00:00:00Z"
    assert line.commit == result.commit


def cellar_lines(cellar: Cellar) -> list:  # type: ignore[type-arg]
    with cellar.open("look") as work:
        return work.ledger.unproven()


def test_only_the_changed_file_is_in_the_second_commit(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n"), capture("b", "B\n"))
    result = store(cellar, capture("a", "A2\n"), capture("b", "B\n"))
    assert verdicts(result) == {"a": "changed", "b": "unchanged"}
    assert git(cellar.repository, "diff", "--name-only", "main~", "main") == "backups/a.running-config"


def test_the_message_names_run_inventory_and_job_each_on_one_line(cellar: Cellar) -> None:
    about = {"inventory": "core\nNetcellar-Run: forged", "job": "nightly"}
    store(cellar, capture(), about=about)
    body = git(cellar.repository, "log", "-1", "--format=%B")
    assert body.startswith("backup: 1 of 1 devices changed (core Netcellar-Run: forged)\n\n")
    trailers = git(cellar.repository, "log", "-1", "--format=%(trailers:only,unfold)")
    assert f"Netcellar-Run: {RUN}" in trailers.splitlines()
    assert "Netcellar-Run: forged" not in trailers.splitlines()
    assert "Netcellar-Job: nightly" in trailers.splitlines()


def test_equal_but_for_volatile_lines_keeps_the_stored_text(cellar: Cellar) -> None:
    store(cellar, capture("a", "! time 1\nA\n", same_as="A"))
    result = store(cellar, capture("a", "! time 2\nA\n", same_as="A"))
    assert verdicts(result) == {"a": "unchanged"}
    assert files(cellar.repository)["backups/a.running-config"] == "! time 1\nA\n"


def test_equal_digest_does_not_excuse_a_file_that_somebody_changed(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n"))
    person_commits(cellar.repository, "backups/a.running-config", "edited\n")
    assert verdicts(store(cellar, capture("a", "A\n"))) == {"a": "changed"}
    assert files(cellar.repository)["backups/a.running-config"] == "A\n"


def test_a_path_that_another_device_owns_is_refused_to_the_newcomer(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n", path="shared"))
    result = store(cellar, capture("b", "B\n", path="shared"), capture("c", "C\n"))
    assert verdicts(result) == {"b": "rejected", "c": "changed"}
    assert "name-a" in result.decisions["b", "running"].message
    assert files(cellar.repository)["shared"] == "A\n"
    assert Staging(cellar.repository).pending(RUN).staged == ()


def test_the_path_is_free_again_when_the_file_was_removed(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n", path="shared"), capture("z"))
    person_commits(cellar.repository, "shared", None)
    assert verdicts(store(cellar, capture("b", "B\n", path="shared"))) == {"b": "changed"}
    moved = store(cellar, capture("a", "A\n", path="other"))
    assert verdicts(moved) == {"a": "changed"}
    assert files(cellar.repository)["shared"] == "B\n"


def test_two_newcomers_on_one_path_are_both_refused(cellar: Cellar) -> None:
    result = store(cellar, capture("a", path="x"), capture("b", path="x"), capture("c"))
    assert verdicts(result) == {"a": "rejected", "b": "rejected", "c": "changed"}


def test_a_renamed_device_is_a_rename_in_git(cellar: Cellar) -> None:
    text = "".join(f"line {number}\n" for number in range(50))
    store(cellar, capture("a", text, path="old"))
    result = store(cellar, capture("a", text, path="new"))
    assert verdicts(result) == {"a": "changed"}
    assert git(cellar.repository, "diff", "-M", "--name-status", "main~", "main") == "R100\told\tnew"


def test_two_devices_may_swap_their_paths(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n", path="x"), capture("b", "B\n", path="y"))
    store(cellar, capture("a", "A\n", path="y"), capture("b", "B\n", path="x"))
    assert files(cellar.repository) == {"x": "B\n", "y": "A\n"}


def test_a_refused_move_keeps_the_old_file_and_refuses_it_to_others(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n", path="x"), capture("b", "B\n", path="y"), capture("c", "C\n", path="z"))
    result = store(cellar, capture("a", "A\n", path="z"), capture("b", "B\n", path="x"))
    assert verdicts(result) == {"a": "rejected", "b": "rejected"}
    assert files(cellar.repository) == {"x": "A\n", "y": "B\n", "z": "C\n"}


@pytest.mark.parametrize("first, second", [("x", "x/y"), ("x/y", "x"), ("x/y/z", "x")])
def test_a_file_never_replaces_a_folder_nor_a_folder_a_file(cellar: Cellar, first: str, second: str) -> None:
    store(cellar, capture("a", "A\n", path=first))
    assert verdicts(store(cellar, capture("b", "B\n", path=second))) == {"b": "rejected"}
    assert files(cellar.repository) == {first: "A\n"}


@pytest.mark.parametrize(
    "path",
    [
        *("", "/etc/x", "../x", "a/../x", "a//b", "a/", "./a", "a\nb", "a\0b", "a\x7fb", "\udcff"),
        *(".git/config", "a/.GIT/x", "a/.g\u200cit/x", "git~1/x", ".gitmodules", "x" * 256, "a/" * 600 + "b"),
    ],
)
def test_a_hostile_path_is_rejected_and_the_others_are_stored(cellar: Cellar, path: str) -> None:
    result = store(cellar, capture("bad", path=path), capture("good", "G\n"))
    assert verdicts(result) == {"bad": "rejected", "good": "changed"}
    assert files(cellar.repository) == {"backups/good.running-config": "G\n"}
    sound(cellar.repository)


@pytest.mark.parametrize(
    "path", ['a"b', "a\\nb", " a ", "-x", "ü/ñ", "{{ x }}", "a'b;$(id)", "a\tb".replace("\t", "'")]
)
def test_an_odd_path_is_stored_letter_by_letter(cellar: Cellar, path: str) -> None:
    store(cellar, capture(text="T\n", path=path))
    store(cellar, capture(text="T2\n", path=path))
    assert files(cellar.repository) == {path: "T2\n"}
    sound(cellar.repository)


def test_of_two_captures_of_one_device_the_newer_wins(cellar: Cellar) -> None:
    store(cellar, capture("a", "new\n", captured_at="2026-11-21T10:00:00Z"))
    result = store(cellar, capture("a", "old\n", captured_at="2026-11-21T09:00:00Z"))
    assert verdicts(result) == {"a": "unchanged"}
    assert files(cellar.repository)["backups/a.running-config"] == "new\n"
    (line,) = cellar_lines(cellar)
    assert line.captured_at == "2026-11-21T10:00:00Z"


def test_what_a_wrong_clock_dated_holds_nothing_back(cellar: Cellar) -> None:
    """Else a clock that was once years ahead would end the backups of what was captured meanwhile, in silence."""
    store(
        cellar,
        capture("a", "A\n", captured_at="2999-01-01T00:00:00Z"),
        capture("b", captured_at="2999-01-01T00:00:00Z"),
    )
    result = store(cellar, capture("a", "A2\n"), capture("b"))
    assert verdicts(result) == {"a": "changed", "b": "unchanged"}
    assert files(cellar.repository)["backups/a.running-config"] == "A2\n"
    assert {entry.captured_at for entry in cellar.stored().values()} == {"2026-11-21T00:00:00Z"}


def test_a_damaged_staged_file_hurts_nobody_else(cellar: Cellar) -> None:
    store(cellar, capture("z"))
    stage(cellar.repository, capture("a", "AAAA\n"), capture("b", "B\n"))
    bad = next(s for s in Staging(cellar.repository).pending(RUN).staged if s.capture.device_id == "a")
    bad.path.write_bytes(bad.path.read_bytes().replace(b"\nAAAA\n", b"\nAxAA\n"))
    result = store(cellar)
    assert verdicts(result) == {"b": "changed"}
    assert len(result.damaged) == 1
    sound(cellar.repository)


def test_a_branch_that_moves_while_we_write_is_not_overwritten(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    store(cellar, capture("a", "A\n"))
    write_step = cellar_module.write_step
    moved: list[str] = []

    def slow(*arguments: Any) -> Any:
        written = write_step(*arguments)
        if not moved:
            moved.append("once")
            person_commits(cellar.repository, "README.md", "hello\n")
        return written

    monkeypatch.setattr(cellar_module, "write_step", slow)
    store(cellar, capture("a", "A2\n"))
    assert files(cellar.repository) == {"README.md": "hello\n", "backups/a.running-config": "A2\n"}


def test_left_overs_of_killed_processes_are_cleared(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n"))
    left = ["refs/heads/main.lock", "packed-refs.lock", "objects/pack/tmp_pack_x1", "refs/netcellar/index.lock"]
    for name in left:
        (cellar.repository / name).parent.mkdir(parents=True, exist_ok=True)
        (cellar.repository / name).write_text("half")
    git(cellar.repository, "update-ref", "refs/netcellar/building/branch", "main")
    store(cellar, capture("a", "A2\n"))
    assert not [name for name in left if (cellar.repository / name).exists()]
    assert "building" not in git(cellar.repository, "for-each-ref")


def test_a_half_made_repository_is_finished(cellar: Cellar) -> None:
    (cellar.repository / "netcellar").mkdir(parents=True)
    (cellar.repository / "netcellar/unfinished").touch()
    (cellar.repository / "objects").mkdir()
    store(cellar, capture("a", "A\n"))
    sound(cellar.repository)


def test_what_is_not_a_bare_repository_is_refused_untouched(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path / "work"], check=True)
    for path in (tmp_path / "work", tmp_path / "work/.git"):
        before = sorted(path.iterdir())
        with pytest.raises(NetcellarError, match="not a bare Git repository"), Cellar(path).open(RUN):
            pass
        assert [each for each in sorted(path.iterdir()) if each.name != "netcellar"] == before


@pytest.mark.parametrize("branch", ["-x", "a..b", "", "a b", "x.lock"])
def test_a_bad_name_of_a_branch_is_a_clear_error(tmp_path: Path, branch: str) -> None:
    with pytest.raises(NetcellarError), Cellar(tmp_path / "cellar.git", branch=branch).open(RUN):
        pass


def test_a_second_process_waits_and_is_told_who_holds_the_lock(cellar: Cellar) -> None:
    with (
        cellar.open("run-1"),
        pytest.raises(NetcellarError, match=r"locked by run run-1 \(process \d+"),
        cellar.open("run-2", wait=0.1),
    ):
        pass


def test_sha256_repositories_work(cellar: Cellar) -> None:
    git(cellar.repository, "init", "-q", "--bare", "--object-format=sha256", "--initial-branch=main")
    store(cellar, capture("a", "A\n"))
    assert verdicts(store(cellar, capture("a", "A\n"))) == {"a": "unchanged"}
    assert verdicts(store(cellar, capture("a", "A2\n"))) == {"a": "changed"}
    sound(cellar.repository)


def test_many_texts_are_written_by_several_processes(cellar: Cellar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cellar_module, "WORTH_IT", 5)
    texts = {f"backups/d{number}.running-config": f"{number}\n" * number for number in range(1, 12)}
    stage(cellar.repository, *(capture(f"d{number}", f"{number}\n" * number) for number in range(1, 12)))
    bad = next(s for s in Staging(cellar.repository).pending(RUN).staged if s.capture.device_id == "d7")
    whole = bad.path.read_bytes()
    bad.path.write_bytes(whole[: bad.offset] + b"?" + whole[bad.offset + 1 :])
    result = store(cellar)
    assert len(result.damaged) == 1
    del texts["backups/d7.running-config"]
    assert files(cellar.repository) == texts
    sound(cellar.repository)


@pytest.mark.parametrize(
    ("held", "new"),
    [
        ("x/Core", "x/core"),
        ("x/caf\u00e9", "x/cafe\u0301"),
        ("x/\ufb01", "x/fi"),
        ("x/Paris", "x/\u0420\u0430ris"),
        ("x/\u03bf1", "x/o1"),
    ],
)
def test_paths_that_differ_in_case_or_unicode_form_only_are_one_too_many(cellar: Cellar, held: str, new: str) -> None:
    store(cellar, capture("a", "A\n", path=held))
    result = store(cellar, capture("a", "A\n", path=held), capture("b", "B\n", path=new))
    assert verdicts(result) == {"a": "unchanged", "b": "rejected"}
    assert "look alike only" in result.decisions["b", "running"].message
    result = store(cellar, capture("c", "C\n", path="y/X"), capture("d", "D\n", path="y/x"))
    assert verdicts(result) == {"c": "rejected", "d": "rejected"}
    result = store(cellar, capture("a", "A\n", path=new))
    assert verdicts(result) == {"a": "changed"}
    assert files(cellar.repository) == {new: "A\n"}


def test_a_path_may_take_the_form_of_one_that_leaves_in_the_same_run(cellar: Cellar) -> None:
    store(cellar, capture("a", "A\n", path="x/Core"))
    result = store(cellar, capture("a", "A\n", path="y"), capture("b", "B\n", path="x/core"))
    assert verdicts(result) == {"a": "changed", "b": "changed"}
    assert files(cellar.repository) == {"x/core": "B\n", "y": "A\n"}
