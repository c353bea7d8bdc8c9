"""kill -9 of whole runs at random moments of each stage: of the orchestrator, of ansible-playbook, of all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from netcellar.demo.devices import Lab

from .killing import NAMES, STAGES, Plan, Scene, Stage, devices
from .nautobot_stub import FIELD, TOKEN, nautobot

OpenLab = Callable[..., Lab]
IDS = {name: f"{number:08d}-0000-4000-8000-000000000000" for number, name in enumerate(NAMES)}
QUICK, DEEP = 1, 51


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "number", [*range(QUICK), *(pytest.param(each, marks=pytest.mark.deep) for each in range(QUICK, DEEP))]
)
def test_killed_in(stage: Stage, number: int, lab: OpenLab, tmp_path: Path) -> None:
    plan = Plan.draw(stage, number)
    print(plan)
    with nautobot(IDS.values()) as stub:
        scene = Scene.on(tmp_path, lab(*devices()), stub, IDS, TOKEN, FIELD)
        stub.witness = scene.witness
        first = number % 2
        if first:
            scene.run()
        scene.next_generation()
        run_id, died = scene.kill(plan)
        print(f"died in: {died} ({plan.victim})")
        scene.check_killed()
        held = scene.check_next(run_id, first)
        dates = {name: stub.dates[IDS[name]] for name in NAMES}
        assert {name: scene.generation_of(name, date) for name, date in dates.items() if date} == held
