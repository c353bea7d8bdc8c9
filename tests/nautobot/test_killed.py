"""kill -9 of whole runs that write their dates to a real Nautobot: no date is there without its text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from netcellar.demo.nautobot import Server

from tests.conftest import OpenLab
from tests.integration.killing import NAMES, STAGES, VICTIMS, Plan, Scene, Stage, devices

from .relay import relay
from .rest import Rest

FIELD = "last_backup_text"
FIRST_ROW = 700


@pytest.mark.deep
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("number", range(len(VICTIMS)))
def test_killed_in(
    stage: Stage, number: int, lab: OpenLab, tmp_path: Path, server: Server, rest: Rest, rows: list[dict[str, Any]]
) -> None:
    # Devices of its own: other tests run at the same time.
    start = FIRST_ROW + len(NAMES) * (STAGES.index(stage) * len(VICTIMS) + number)
    ids = {name: str(row["id"]) for name, row in zip(NAMES, rows[start:], strict=False)}
    plan = Plan.draw(stage, number)
    with relay(server.url, FIELD) as nautobot:
        scene = Scene.on(tmp_path, lab(*devices()), nautobot, ids, server.token, FIELD)
        nautobot.witness = scene.witness
        scene.run()
        scene.next_generation()
        run_id, died = scene.kill(plan)
        print(plan, f"died in: {died}")
        scene.check_killed()
        dates_are_true(scene, rest)
        held = scene.check_next(run_id, first=1)
        assert dates_are_true(scene, rest) == held


def dates_are_true(scene: Scene, rest: Rest) -> dict[str, int]:
    """The generation of each date that Nautobot has."""
    found = {}
    for name, device in scene.ids.items():
        date = rest.ask("GET", f"dcim/devices/{device}")["custom_fields"][FIELD]
        scene.witness(device, date)
        found[name] = scene.generation_of(name, date)
    return found
