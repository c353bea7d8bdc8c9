"""What a commit makes of the run's records, in good and in bad."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.record import Kept, Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.cellar import About, Cellar
from ansible_collections.netcellar.backup.plugins.plugin_utils.committing import Order, Outcome, commit_run
from ansible_collections.netcellar.backup.plugins.plugin_utils.gitprocess import Git, GitError
from ansible_collections.netcellar.backup.plugins.plugin_utils.ledger import Ledger
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.segment import Segment
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging

from .cellar_kit import RUN, bare, capture, files, git, stage
from .test_staging import dead_owner


class House:
    """A repository, a remote and the folder of runs."""

    def __init__(self, base: Path) -> None:
        self.remote = bare(base / "remote.git")
        self.repository = base / "cellar.git"
        self.state = base / "state"

    def captured(self, *devices: str, run: str = RUN, **changes: object) -> None:
        """Stage devices and write the records that capture writes."""
        folder = RunFolder.of(self.state, run)
        folder.create()
        for device in devices:
            taken = capture(device, **{"text": f"{device}\n", "run": run, **changes})
            stage(self.repository, taken)
            record = Record(run, device, f"host-{device}", artifacts=(Kept("running", taken.path),))
            folder.append(record.failed("git", "captured and staged, not yet committed", stage="stage"))

    def commit(self, run: str = RUN, remote: str | None = None) -> Outcome:
        """What the action does."""
        where = str(self.remote) if remote is None else remote
        return commit_run(Order(self.repository, "main", where, About(run), RunFolder.of(self.state, run)))

    def records(self, run: str = RUN) -> dict[str, Record]:
        """The last record of each device."""
        return RunFolder.of(self.state, run).records()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_stored_then_unchanged_with_commit_and_remote(house: House) -> None:
    house.captured("a", "b")
    result = house.commit().as_result()
    assert result["files_changed"] == 2
    assert result["pushed"]
    assert result["warnings"] == []
    for record in house.records().values():
        assert (record.outcome, record.error, record.message, record.stage) == ("stored", None, "", "done")
        assert record.commit == git(house.remote, "rev-parse", "main")
        assert record.remote == str(house.remote)
        assert record.artifacts[0].changed
    house.captured("a", run="r2")
    assert house.commit("r2").as_result()["changed"] is False
    assert house.records("r2")["a"].outcome == "unchanged"
    assert not house.records("r2")["a"].artifacts[0].changed


def test_without_a_remote(house: House) -> None:
    house.captured("a")
    house.commit(remote="")
    assert house.records()["a"].outcome == "stored"
    assert house.records()["a"].remote is None


def test_a_failed_push_is_a_failed_device_and_the_next_run_proves_it(house: House) -> None:
    away = house.remote.rename(house.remote.with_name("away.git"))
    house.captured("a")
    outcome = house.commit()
    record = house.records()["a"]
    assert (record.outcome, record.error, record.stage) == ("failed", "push", "push")
    assert "create the (empty) repository" in record.remedy
    assert "goes with the next run" in record.remedy
    assert record.commit == git(house.repository, "rev-parse", "main")
    assert "no repository at this address" in record.message
    assert outcome.as_result()["warnings"] == []
    RunFolder.of(house.state, "empty").create()
    assert "no repository at this address" in house.commit("empty").as_result()["warnings"][0]
    assert Ledger(house.repository).proven() == []
    away.rename(house.remote)
    house.captured("b", run="r2", captured_at="2026-12-01T00:00:00Z")
    house.commit("r2")
    assert house.records("r2")["b"].outcome == "stored"
    assert {line.key[0]: line.captured_at for line in Ledger(house.repository).proven()} == {
        "a": "2026-11-21T00:00:00Z",
        "b": "2026-12-01T00:00:00Z",
    }


def test_an_earlier_batch_of_the_run_becomes_stored_when_its_commit_went_along(house: House) -> None:
    away = house.remote.rename(house.remote.with_name("away.git"))
    house.captured("a")
    house.commit()
    away.rename(house.remote)
    house.captured("b")
    house.commit()
    assert {record.outcome for record in house.records().values()} == {"stored"}


def test_captures_of_a_killed_run_are_taken_along_once(house: House) -> None:
    Staging(house.repository).open("dead", dead_owner())
    Staging(house.repository).write(capture("d", "D\n", run="dead"))
    house.captured("a")
    assert house.commit().adopted == 1
    assert set(files(house.remote)) == {"backups/a.running-config", "backups/d.running-config"}
    assert list(house.records()) == ["a"]
    assert {each.name for each in (house.repository / "netcellar/staged").iterdir()} == {RUN}
    assert house.commit().adopted == 0


def test_a_rejected_path_is_a_rejected_record(house: House) -> None:
    house.captured("a", path="x")
    house.commit()
    house.captured("b", path="x", run="r2")
    house.captured("c", run="r2")
    house.commit("r2")
    records = house.records("r2")
    assert (records["b"].outcome, records["b"].error) == ("rejected", "path")
    assert records["c"].outcome == "stored"


def test_a_repository_that_is_none_fails_its_devices_with_the_path(house: House) -> None:
    house.captured("a")
    shutil.rmtree(house.repository)
    house.repository.mkdir()
    (house.repository / "precious").touch()
    result = house.commit().as_result()
    assert "not a bare Git repository" in result["message"]
    record = house.records()["a"]
    assert (record.outcome, record.error) == ("failed", "git")
    assert "not a bare Git repository" in record.message


def test_a_bad_remote_fails_the_push_and_keeps_what_was_captured(house: House) -> None:
    house.captured("a")
    house.commit(remote="-oProxyCommand=touch /tmp/x")
    assert house.records()["a"].error == "push"
    assert len(Staging(house.repository).pending(RUN).staged) == 1


def test_a_damaged_staged_file_fails_its_own_device_only(house: House) -> None:
    house.captured("a", "b")
    bad = next(each for each in Staging(house.repository).pending(RUN).staged if each.capture.device_id == "a")
    whole = bad.path.read_bytes()
    bad.path.write_bytes(whole[: bad.offset] + b"?" + whole[bad.offset + 1 :])
    result = house.commit().as_result()
    assert len(result["warnings"]) == 1
    assert house.records()["a"].error == "git"
    assert house.records()["b"].outcome == "stored"


def test_other_outcomes_are_left_alone(house: House) -> None:
    house.captured("a")
    silent = Record(RUN, "s", "host-s")
    RunFolder.of(house.state, RUN).append(silent)
    house.commit()
    assert house.records()["s"] == silent


def test_nothing_captured_makes_nothing(house: House) -> None:
    RunFolder.of(house.state, RUN).create()
    result = house.commit().as_result()
    assert result["commit_hash"] is None
    assert result["warnings"] == []
    assert git(house.remote, "for-each-ref") == ""


def test_a_busy_repository_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.captured("a")
    opened = Cellar.open
    monkeypatch.setattr(Cellar, "open", lambda self, run, wait=0.05: opened(self, run, wait))
    with Cellar(house.repository).open("other-run", 1.0):
        house.commit()
    assert f"run other-run (process {os.getpid()}" in house.records()["a"].message
    house.commit()
    assert house.records()["a"].outcome == "stored"


def test_a_full_disk_is_told_in_one_sentence_with_what_to_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.captured("a")
    said = "fatal: sha1 file 'x' write error. Out of diskspace fast-import: dumping crash report to y"

    def full(*_: object, **__: object) -> bytes:
        raise GitError("fast-import", 128, said)

    monkeypatch.setattr(Git, "feed", full)
    fault = house.commit().fault
    assert fault and fault.message == f"the disk that holds {house.repository} is full"
    assert "Make room" in fault.remedy
    assert house.records()["a"].error == "git"
    monkeypatch.undo()
    house.commit()
    assert house.records()["a"].outcome == "stored"


def test_a_full_disk_while_captures_are_staged(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Segment, "append", full)
    with pytest.raises(NetcellarError, match="No space left on device") as raised:
        stage(house.repository, capture("a"))
    assert raised.value.error == "git" and "Make room" in raised.value.remedy
