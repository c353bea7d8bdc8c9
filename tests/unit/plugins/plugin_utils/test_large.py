"""A large configuration costs its size, no more: from the first byte of the session to the staged text."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .test_harvest import Room

OpenLab = Callable[..., Lab]
SMALL, LARGE = 500_000, 5_000_000


@pytest.mark.parametrize(("platform", "pages"), [("cisco_ios", False), ("cisco_ios", True), ("juniper_junos", False)])
def test_ten_times_the_text_takes_about_ten_times_the_work(
    lab: OpenLab, tmp_path: Path, platform: str, pages: bool
) -> None:
    devices = lab(
        *(LabDevice(f"r{size}", platform, size=size, always_pages=pages, page=20_000) for size in (SMALL, LARGE))
    )

    def work(size: int) -> float:
        room = Room(tmp_path / str(size))
        job = room.job(devices, f"r{size}")
        job = replace(job, target=replace(job.target, paths={"running": "b/running"}))
        # Threads of ours and the simulated device's own work count too; waiting does not.
        started = time.process_time()
        record = room.run(job)[f"r{size}"]
        assert (record.error, record.stage) == ("git", "stage")
        assert record.artifacts[0].size > 0.9 * size
        return time.process_time() - started

    small, large = work(SMALL), work(LARGE)

    # What is quadratic anywhere on the way takes a hundred times as long.
    assert large < 32 * small
