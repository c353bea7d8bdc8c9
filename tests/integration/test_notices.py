"""A run tells who wants to hear of it, and nothing that a channel does changes what the run came to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .orchestrating import Bench

SECRET = "tok3n-of-the-channel"
NOTIFY = """\
metrics: {file: metrics.prom}
notify:
  channels:
    chat: {url: {file: secrets/chat}}
    gone: {url: {file: secrets/gone}}
  rules:
    oncall: {channels: [gone, chat], severity: warning}
    security: {channels: [chat], classes: [leak]}
"""


def test_a_run_tells_of_its_failures_once(lab: Callable[..., Lab], tmp_path: Path, endpoint: Any) -> None:
    sound = [LabDevice(f"r{number}", "cisco_ios") for number in range(3)]
    bench = Bench.on(tmp_path, lab(*sound, LabDevice("core-1", "cisco_ios", fault="password")))
    file = tmp_path / "netcellar.yml"
    file.write_text(file.read_text() + NOTIFY)
    (tmp_path / "secrets" / "chat").write_text(f"json://127.0.0.1:{endpoint.server_port}/{SECRET}")
    (tmp_path / "secrets" / "gone").write_text(f"json://127.0.0.1:1/{SECRET}")
    ran = bench.job()
    assert (ran.code, ran.result["status"]) == (1, "partial")
    ((_path, body),) = endpoint.bodies
    assert body["title"] == "[warning] nightly: partial, 1 device not backed up"
    assert "auth: core-1" in body["message"]
    assert "notice `oncall`: channel gone: " in ran.err
    assert (
        'netcellar_run_devices{class="auth",job="nightly",outcome="failed"} 1.0'
        in (tmp_path / "metrics.prom").read_text()
    )

    listed = json.loads(bench.run("notify", "list", "--output", "json").out)
    assert [(row["rule"], row["state"], row["left"]) for row in listed] == [("oncall", "due", ["gone"])]
    tested = bench.run("notify", "test", "--output", "json")
    assert tested.code == 1
    assert {row["channel"]: row["delivered"] for row in json.loads(tested.out)} == {"chat": True, "gone": False}
    assert len(endpoint.bodies) == 2
    wrong = bench.run("notify", "test", "chatt")
    assert (wrong.code, "did you mean `chat`?" in wrong.err) == (2, True)

    for text in (ran.out, ran.err, tested.out, tested.err):
        assert SECRET not in text
    assert [name for name, content in bench.everything() if SECRET.encode() in content] == []
