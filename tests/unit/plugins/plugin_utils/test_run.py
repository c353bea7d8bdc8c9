"""A run's folder and its records."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RUN_ID, RunFolder, new_run_id


def record(device: str, outcome: str = "silent", message: str = "") -> Record:
    return Record(run="r", device_id=device, host=device, outcome=outcome, message=message)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder.of(tmp_path / "state", "run-1")
    folder.create()
    return folder


def test_the_last_record_of_a_device_counts(folder: RunFolder) -> None:
    folder.append(record("a"), record("b"))
    folder.append(record("a", "stored"))

    assert [(each.device_id, each.outcome) for each in folder.records().values()] == [("a", "stored"), ("b", "silent")]


def test_only_the_owner_may_read(folder: RunFolder) -> None:
    folder.append(record("a"))

    assert stat.S_IMODE(folder.records_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_lines_written_at_one_time_stay_whole(folder: RunFolder) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: folder.append(record(str(number), message="x" * 3000)), range(200)))

    assert len(folder.records()) == 200


@pytest.mark.parametrize("run_id", ["", "..", ".hidden", "a/b", "a b", "x" * 65, "a\n"])
def test_a_run_id_is_a_safe_name(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(NetcellarError):
        RunFolder.of(tmp_path, run_id)


def test_run_ids_are_safe_and_differ(tmp_path: Path) -> None:
    ids = {new_run_id() for _ in range(50)} | {RUN_ID}

    assert len(ids) == 51
    assert all(RunFolder.of(tmp_path, each).path.parent == tmp_path / "runs" for each in ids)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(NetcellarError, match="runs"):
        RunFolder.of(tmp_path, "run-1").create()
