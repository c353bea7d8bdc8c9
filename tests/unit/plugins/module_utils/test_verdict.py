"""What Ansible is told about a host and a run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import ERROR_CLASSES, REMEDIES, sentence
from ansible_collections.netcellar.backup.plugins.module_utils.record import Kept, Record
from ansible_collections.netcellar.backup.plugins.module_utils.verdict import last_record, of_host, of_run

BASE = Record(run="r", device_id="1", host="r1", name="r1")


def lines(*records: Record) -> bytes:
    return "".join(record.line() for record in records).encode()


def test_the_last_record_of_a_host_is_found():
    stored = replace(BASE, outcome="stored")
    other = replace(BASE, device_id="2", host="r11", outcome="unreachable")
    assert last_record(lines(BASE, other, stored, other), "r1") == stored


def test_a_host_without_a_record_is_not_found():
    assert last_record(lines(BASE), "r") is None
    assert last_record(b"", "r1") is None


def test_a_half_written_line_leaves_the_one_before_it():
    whole = lines(BASE)
    assert last_record(whole + lines(replace(BASE, outcome="stored"))[:-40], "r1") == BASE


@pytest.mark.parametrize(
    "host", ["../../etc/x", '{{ lookup("pipe", "id") }}', "-oProxyCommand=x", 'a"b', "zürich", "a\nb", "\\"]
)
def test_hostile_host_names_are_plain_data(host):
    theirs = replace(BASE, host=host, outcome="unchanged")
    assert last_record(lines(BASE, theirs, BASE), host) == theirs


def test_a_record_quoted_in_a_message_is_no_record():
    forged = replace(BASE, device_id="9", host="evil", message=replace(BASE, outcome="stored").line())
    assert last_record(lines(BASE, forged), "r1") == BASE


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("stored", "changed"),
        ("unchanged", "ok"),
        ("quarantined", "failed"),
        ("failed", "failed"),
        ("unreachable", "unreachable"),
        ("rejected", "failed"),
        ("silent", "failed"),
    ],
)
def test_each_outcome_has_its_status(outcome, status):
    assert of_host(replace(BASE, outcome=outcome)).status == status


def test_no_record_is_a_failure():
    assert of_host(None).status == "failed"


@pytest.mark.parametrize("error", ERROR_CLASSES)
def test_each_failure_names_class_message_and_remedy(error):
    message = of_host(BASE.failed(error, "10.0.0.1 said no", stage="login")).message
    assert message.startswith(f"{error}: 10.0.0.1 said no. ")
    assert sentence(REMEDIES[error]) in message


def test_a_result_says_where_the_text_is_and_holds_none_of_it():
    kept = Kept(artifact="running", path="backups/r1.running-config", size=9, sha256="ab", changed=True)
    result = of_host(replace(BASE, outcome="stored", artifacts=(kept,))).as_result()
    assert result["changed"] is True
    assert result["artifacts"] == [{"artifact": "running", "path": "backups/r1.running-config", "changed": True}]


GOOD = replace(BASE, outcome="stored")
BAD = replace(BASE, device_id="2", outcome="unreachable")


@pytest.mark.parametrize(
    ("records", "faults", "devices_count", "status"),
    [
        ([GOOD], [], True, "ok"),
        ([GOOD, BAD], [], False, "ok"),
        ([GOOD, BAD], [], True, "failed"),
        ([GOOD], ["push: the remote is gone"], False, "failed"),
        ([], [], False, "failed"),
    ],
)
def test_a_run_fails_for_its_own_faults_and_where_asked_for_its_devices(records, faults, devices_count, status):
    assert of_run(records, faults, devices_count=devices_count).status == status


def test_the_run_counts_its_outcomes():
    verdict = of_run([GOOD, BAD], ["push: gone"], devices_count=False)
    assert verdict.message == "push: gone; 1 stored, 1 unreachable"
    assert verdict.facts["outcomes"] == {"stored": 1, "unreachable": 1}
