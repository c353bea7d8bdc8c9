"""Two schedulers, each a process of its own, on one PostgreSQL: a slot runs once, and the other one takes over."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice
from sqlalchemy.engine import URL

from tests.integration.orchestrating import Bench
from tests.integration.test_scheduler import BEFORE_FIRST, BEFORE_SECOND, DAILY, scheduler, slots, statuses
from tests.waiting import HANG_SECONDS, until


def test_two_processes_on_one_server(lab: Callable[..., Lab], new_postgres: Callable[[], URL], tmp_path: Path) -> None:
    url = new_postgres()
    bench = Bench.on(tmp_path, lab(LabDevice("r1", "cisco_ios")), schedule=DAILY)
    secret = tmp_path / "secrets" / "database"
    secret.touch(mode=0o600)
    secret.write_text(str(url.password))
    place = f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}"
    file = tmp_path / "netcellar.yml"
    file.write_text(file.read_text() + f"store:\n  url: {place}\n  password: {{file: secrets/database}}\n")
    with scheduler(bench, BEFORE_FIRST) as one, scheduler(bench, BEFORE_FIRST) as other:
        until(lambda: statuses(bench) == [["success", "schedule"]])
        one.send_signal(signal.SIGKILL)
        other.send_signal(signal.SIGTERM)
        assert other.wait(HANG_SECONDS) == 0
    with scheduler(bench, BEFORE_SECOND) as left:
        until(lambda: statuses(bench) == [["success", "schedule"]] * 2)
        left.send_signal(signal.SIGTERM)
        assert left.wait(HANG_SECONDS) == 0
    done = ["done", "success"]
    assert slots(bench) == [["2026-11-22T01:30:00Z", *done], ["2026-11-21T01:30:00Z", *done]]
