"""The folders inside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.rooms import Rooms


def test_a_file_or_a_strange_folder_is_no_repository_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes").write_text("mine")

    for name in ("file", "folder"):
        with pytest.raises(NetcellarError, match=f"{name} exists and is not a bare Git repository"):
            Rooms(tmp_path / name).make()

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder", "notes"]
