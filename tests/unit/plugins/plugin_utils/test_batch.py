"""A batch of a play: who is tried, and that each host of the play has one record."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.plugin_utils.batch import Batch
from ansible_collections.netcellar.backup.plugins.plugin_utils.credentials import CommandLine
from ansible_collections.netcellar.backup.plugins.plugin_utils.harvest import Harvester
from ansible_collections.netcellar.backup.plugins.plugin_utils.owner import Owner
from ansible_collections.netcellar.backup.plugins.plugin_utils.quarantine import Quarantine
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.staging import Staging
from ansible_collections.netcellar.backup.plugins.plugin_utils.variables import Variables
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.waiting import HANG_SECONDS, until

from .test_variables import Hosts

OpenLab = Callable[..., Lab]
RUN = "run-1"
KEY = "a key for the tests alone"


def capture(
    path: Path,
    hosts: Mapping[str, Mapping[str, Any]],
    batch: Sequence[str] | None = None,
    *,
    key: str | None = KEY,
    concurrency: int = 10,
    run: str = RUN,
) -> dict[str, Any]:
    """Capture a batch of a play of these hosts; gives outcome and error of every host that has a record."""
    batch = list(hosts) if batch is None else batch
    all_hosts = Hosts(hosts)
    patient = {f"netcellar_{name}_timeout": HANG_SECONDS for name in ("connect", "command")}
    task_vars = {"hostvars": all_hosts, "netcellar_host_keys": "off", **patient, **all_hosts.raw_get(batch[0])}
    variables = Variables(task_vars, Templar(loader=DataLoader(), variables=task_vars))
    folder = RunFolder.of(path, run)
    folder.create()
    staging = Staging(path / "cellar.git")
    staging.open(run, Owner.of(os.getpid()))
    what = Batch(variables, list(hosts), batch, CommandLine(), run, path, concurrency=concurrency, mask_key=key)
    counts = what.capture(folder, Harvester(staging, Quarantine(path / "cellar.git")))
    assert sum(counts.values()) == len(batch)
    return {record.host: (record.outcome, record.error) for record in folder.records().values()}


STAGED = ("failed", "git")


def test_each_host_of_the_play_has_a_record_before_anything_is_tried(lab: OpenLab, tmp_path: Path) -> None:
    hosts = lab(*(LabDevice(f"r{number}", "frr") for number in range(3))).hosts()
    hosts["r9"] = {"ansible_network_os": "toaster"}

    assert capture(tmp_path, hosts, ["r0"]) == {
        "r0": STAGED,
        "r1": ("silent", None),
        "r2": ("silent", None),
        "r9": ("rejected", "unsupported"),
    }
    assert capture(tmp_path, hosts, ["r1", "r9"])["r1"] == STAGED
    last = capture(tmp_path, hosts, ["r2"])
    assert last == {"r0": STAGED, "r1": STAGED, "r2": STAGED, "r9": ("rejected", "unsupported")}


def test_hosts_of_two_batches_that_share_a_path_are_both_rejected(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "frr"), LabDevice("r2", "frr"), LabDevice("r3", "frr"))
    hosts = devices.hosts()
    for name in ("r1", "r2"):
        hosts[name]["netcellar_paths"] = "same"

    for name in hosts:
        found = capture(tmp_path, hosts, [name])

    assert found == {"r1": ("rejected", "path"), "r2": ("rejected", "path"), "r3": STAGED}
    assert devices.logins == 1


@pytest.mark.parametrize(
    ("variable", "error"),
    [("ansible_password", "no_credential"), ("ansible_host", "no_address"), ("ansible_network_os", "unsupported"),
     ("netcellar_host_keys", "host_key"), ("netcellar_device", "identity")],
)  # fmt: skip
def test_a_broken_variable_rejects_that_host_alone(lab: OpenLab, tmp_path: Path, variable: str, error: str) -> None:
    hosts = lab(LabDevice("r1", "frr"), LabDevice("r2", "frr")).hosts()
    hosts["r2"][variable] = trust_as_template("{{ nowhere.at_all }}")

    assert capture(tmp_path, hosts) == {"r1": STAGED, "r2": ("rejected", error)}


def test_a_password_of_one_host_is_not_tried_on_another(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "frr"), LabDevice("r2", "frr"))
    hosts = devices.hosts()
    del hosts["r2"]["ansible_password"]

    assert capture(tmp_path, hosts) == {"r1": STAGED, "r2": ("rejected", "no_credential")}
    assert devices.devices["r2"].tries == 0


def test_sigterm_ends_a_batch_at_once_and_keeps_what_is_staged(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "frr"), LabDevice("r2", "frr", fault="silent"))
    script = (
        "import sys, json, pathlib\n"
        "from tests.unit.plugins.plugin_utils.test_batch import capture\n"
        "capture(pathlib.Path(sys.argv[1]), json.loads(sys.argv[2]))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), json.dumps(devices.hosts())]
    root = Path(__file__).parents[4]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) as process:
        folder = RunFolder.of(tmp_path, RUN)
        until(lambda: "r1" in {each.host for each in folder.records().values() if each.error})
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_SECONDS) != 0

    outcomes = {record.host: record.outcome for record in folder.records().values()}
    assert outcomes == {"r1": "failed", "r2": "silent"}
    assert len(Staging(tmp_path / "cellar.git").pending(RUN).staged) == 1


def test_without_a_key_nothing_is_masked_and_nobody_is_touched(lab: OpenLab, tmp_path: Path) -> None:
    devices = lab(LabDevice("r1", "frr"))
    with pytest.raises(NetcellarError, match="there is no key for it"):
        capture(tmp_path, devices.hosts(), key=None)
    assert devices.devices["r1"].tries == 0
    hosts = devices.hosts()
    hosts["r1"]["netcellar_secrets"] = "keep"
    assert capture(tmp_path, hosts, key=None) == {"r1": STAGED}
