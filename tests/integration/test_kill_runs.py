"""kill -9 of whole runs at random moments, of orchestrator, ansible-playbook, or all: the next one completes."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.record import read_records
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice
from netcellar.processes import processes_of

from .orchestrating import Bench, main_process, until

OpenLab = Callable[..., Lab]
NAMES = ("r1", "r2", "r3")
SEED = 20261121
# A run of this laboratory takes about so long on an idle machine, its start included.
SECONDS = 6.0
DEEP = 20

pytestmark = pytest.mark.deep


def kill(whom: str, process: subprocess.Popen[str], run_id: str | None) -> None:
    """End the orchestrator, the playbook's main process, or all that belongs to the run."""
    if whom == "orchestrator" or run_id is None:
        process.kill()
        return
    try:
        victims = [main_process(run_id)] if whom == "playbook" else list(processes_of(run_id))
    except ValueError:
        # Not there yet, or no longer.
        victims = []
    if whom == "group":
        process.kill()
    for victim in victims:
        if victim.is_running():
            victim.kill()


@pytest.mark.parametrize("whom", ["orchestrator", "playbook", "group"])
@pytest.mark.parametrize("number", range(DEEP))
def test_killed_at_a_random_moment(whom: str, number: int, lab: OpenLab, tmp_path: Path) -> None:
    seed = f"{SEED}/{whom}/{number}"
    seconds = random.Random(seed).uniform(0.5, SECONDS)
    print(f"seed {seed}: {whom} killed after {seconds:.3f} s")
    bench = Bench.on(tmp_path, lab(*(LabDevice(name, "frr") for name in NAMES)))
    with bench.started() as process:
        time.sleep(seconds)
        run_id = next(iter(bench.run_ids), None)
        kill(whom, process, run_id)
        process.wait(60)
        until(lambda: not run_id or not list(processes_of(run_id)), seconds=30)

    ran = bench.job()

    assert ran.code == 0, ran.err
    assert ran.result["devices_backed_up"] == len(NAMES)
    bench.git("fsck", "--full", "--strict", "--no-dangling")
    held = set(bench.git("ls-tree", "-r", "--name-only", "main").splitlines())
    assert {f"backups/{name}.running-config" for name in NAMES} <= held
    with (tmp_path / ".netcellar" / "runs" / ran.result["run_id"] / "records.jsonl").open() as lines:
        for record in read_records(lines).values():
            bench.git("merge-base", "--is-ancestor", str(record.commit), "main")
            bench.git("cat-file", "-e", f"{record.commit}:{record.artifacts[0].path}")
    staged = (tmp_path / "cellar.git" / "netcellar" / "staged").rglob("*")
    assert not [path for path in staged if path.is_file() and path.name != "owner.json"]
