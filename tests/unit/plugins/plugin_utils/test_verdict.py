"""The verdict from a file of records."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.host_pattern import NOBODY, exactly
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.verdict import (
    host_verdict,
    run_verdict,
    verdict_mode,
    verdict_pattern,
)

SILENT = Record(run="r", device_id="1", host="r1", name="r1")
RECORDS = [
    SILENT,
    replace(SILENT, outcome="unchanged"),
    replace(SILENT, device_id="2", host="r2", outcome="stored"),
    replace(SILENT, device_id="3", host="r3").failed("push", "the remote is gone", stage="push"),
    replace(SILENT, device_id="4", host="r4").failed("push", "the remote is gone", stage="push"),
]
HOSTS = ["r1", "r2", "r3", "r4", "r5"]


@pytest.fixture
def run(tmp_path):
    folder = RunFolder.of(tmp_path, "r")
    folder.create()
    folder.append(*RECORDS)
    return folder


def test_each_host_has_its_verdict(run):
    assert [host_verdict(run, host).status for host in HOSTS] == ["ok", "changed", "failed", "failed", "failed"]


def test_without_records_every_host_failed(tmp_path):
    run = RunFolder.of(tmp_path, "r")
    assert host_verdict(run, "r1").status == "failed"
    assert run_verdict(run, devices_count=False).status == "failed"
    run.create()
    run.records_file.touch()
    assert host_verdict(run, "r1").facts["outcome"] == "silent"


def test_a_fault_of_the_run_fails_it_until_a_later_batch_mends_it(run):
    run.note_fault("commit", "push: the remote is gone")
    run.note_fault("stamp", "stamp: no such field")
    verdict = run_verdict(run, devices_count=False)
    assert verdict.status == "failed"
    assert "push: the remote is gone; stamp: no such field" in verdict.message
    run.note_fault("commit", "")
    run.note_fault("stamp", "")
    assert run_verdict(run, devices_count=False).status == "ok"
    assert run_verdict(run, devices_count=False, check=True).message.startswith(
        "in check mode, which keeps nothing: 1 "
    )


@pytest.mark.parametrize(
    ("mode", "pattern"), [("all", "routers"), ("off", NOBODY), ("notable", exactly(["r2", "r3", "r4", "r5"]))]
)
def test_notable_hosts_are_all_but_those_without_news(run, mode, pattern):
    assert verdict_pattern(mode, "routers", HOSTS, run) == pattern


def test_where_all_notable_hosts_fail_a_good_one_keeps_the_verdict_of_the_run_alive(run):
    assert verdict_pattern("notable", "routers", ["r3", "r1", "r5"], run) == exactly(["r3", "r5", "r1"])
    assert verdict_pattern("notable", "routers", ["r3", "r5"], run) == exactly(["r3", "r5"])
    assert verdict_pattern("notable", "routers", ["r1"], run) == exactly([])


@pytest.mark.parametrize(("value", "mode"), [("all", "all"), ("notable", "notable"), ("off", "off"), (False, "off")])
def test_modes(value, mode):
    assert verdict_mode(value) == mode


@pytest.mark.parametrize("value", [True, None, "none", "", ["all"]])
def test_a_mode_that_does_not_exist_is_an_error(value):
    with pytest.raises(NetcellarError, match="netcellar_verdict"):
        verdict_mode(value)
