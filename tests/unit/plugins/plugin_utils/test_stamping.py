"""From the ledger's receipts to dates: each with its own capture date, and nothing is tried for ever or forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.record import Receipt, Record
from ansible_collections.netcellar.backup.plugins.plugin_utils import stamping
from ansible_collections.netcellar.backup.plugins.plugin_utils.index import Entry
from ansible_collections.netcellar.backup.plugins.plugin_utils.ledger import Ledger, Line
from ansible_collections.netcellar.backup.plugins.plugin_utils.nautobot_stamp import StampResult
from ansible_collections.netcellar.backup.plugins.plugin_utils.run import RunFolder
from ansible_collections.netcellar.backup.plugins.plugin_utils.stamping import Target, stamp_of, stamp_proven

URL = "https://nautobot.example"
TARGET = Target("last_backup", URL, "t0k3n")
NOW, BEFORE = "2026-11-20T06:00:00Z", "2026-11-19T06:00:00Z"


class Nautobot:
    """Takes the dates, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, list[tuple[str, str]]]] = []
        self.answer = StampResult()
        self.fault: NetcellarError | None = None

    def __call__(self, url: str, token: str, verify: bool) -> Nautobot:
        self.url = url
        return self

    def stamp(self, field: str, dates: Iterable[tuple[str, str]]) -> StampResult:
        if self.fault:
            raise self.fault
        self.asked.append((self.url, field, sorted(dates)))
        return self.answer


@pytest.fixture
def nautobot(monkeypatch: pytest.MonkeyPatch) -> Nautobot:
    found = Nautobot()
    monkeypatch.setattr(stamping, "Nautobot", found)
    return found


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder.of(tmp_path / "state", "now")
    folder.create()
    folder.append(*(Record("now", device, device, outcome="stored") for device in ("a", "b", "c")))
    return folder


def line(device: str, *, artifact: str = "running", run: str = "now", url: str = URL, proven: bool = True) -> Line:
    when = NOW if run == "now" else BEFORE
    entry = Entry(device, artifact, device, f"{device}.cfg", "b" * 40, "s", when, run)
    receipt = Receipt(device, artifact, entry.path, entry.blob, "c" * 40, "refs/heads/main", when, run)
    stamp = stamp_of("last_backup", url)
    return Line(entry, when, run, "c" * 40, "main", device, stamp, receipt if proven else None)


def waiting(repository: Path) -> set[str]:
    return {one.entry.device_id for one in Ledger(repository).lines().values()}


def test_each_proven_device_gets_its_own_date(tmp_path: Path, nautobot: Nautobot, run: RunFolder) -> None:
    Ledger(tmp_path).add([line("a"), line("b", run="before"), line("c", proven=False)])
    nautobot.answer = StampResult(updated=["a", "b"])
    outcome = stamp_proven(tmp_path, run, TARGET)
    assert nautobot.asked == [(URL, "last_backup", [("a", NOW), ("b", BEFORE)])]
    assert outcome.as_result() | {"errors": []} == {
        "changed": True,
        "enabled": True,
        "custom_field_name": "last_backup",
        "updated_count": 2,
        "unchanged_count": 0,
        "failed_count": 0,
        "errors": [],
    }
    assert waiting(tmp_path) == {"c"}
    assert {device for device, record in run.records().items() if record.stamped} == {"a"}


def test_what_fails_waits_and_what_is_unknown_does_not(tmp_path: Path, nautobot: Nautobot, run: RunFolder) -> None:
    Ledger(tmp_path).add([line("a"), line("b"), line("c"), line("c", artifact="startup")])
    nautobot.answer = StampResult(unchanged=["c"], failed={"a": "locked", "b": "who?"}, unknown={"b"})
    outcome = stamp_proven(tmp_path, run, TARGET)
    assert (outcome.updated, outcome.unchanged, outcome.failed) == (0, 1, 2)
    assert outcome.as_result()["errors"] == ["a: locked", "b: who?"]
    assert waiting(tmp_path) == {"a"}
    records = run.records()
    assert records["c"].stamped
    assert (records["a"].outcome, records["a"].message) == ("stored", "stored, not stamped: locked")


def test_an_unreachable_nautobot_costs_nothing(tmp_path: Path, nautobot: Nautobot, run: RunFolder) -> None:
    Ledger(tmp_path).add([line("a"), line("b")])
    nautobot.fault = NetcellarError("Nautobot cannot be reached", remedy="Check it")
    outcome = stamp_proven(tmp_path, run, TARGET)
    assert outcome.failed == 2
    assert outcome.as_result()["errors"] == ["Nautobot cannot be reached. Check it"]
    assert waiting(tmp_path) == {"a", "b"}
    assert not any(record.stamped for record in run.records().values())


def test_another_server_s_lines_are_left_to_it(tmp_path: Path, nautobot: Nautobot, run: RunFolder) -> None:
    Ledger(tmp_path).add([line("a"), line("b", url="https://other.example")])
    nautobot.answer = StampResult(updated=["a"])
    stamp_proven(tmp_path, run, TARGET)
    assert nautobot.asked[0][2] == [("a", NOW)]
    assert waiting(tmp_path) == {"b"}


@pytest.mark.parametrize("target", [Target("", URL, "t0k3n"), Target("other_field", URL, "t0k3n")])
def test_nothing_is_asked_where_nothing_is_meant(
    tmp_path: Path, nautobot: Nautobot, run: RunFolder, target: Target
) -> None:
    Ledger(tmp_path).add([line("a")])
    assert stamp_proven(tmp_path, run, target).updated == 0
    assert nautobot.asked == []
    assert waiting(tmp_path) == {"a"}


def test_no_address_is_an_error_of_the_result(tmp_path: Path, nautobot: Nautobot, run: RunFolder) -> None:
    Ledger(tmp_path).add([line("a")])
    outcome = stamp_proven(tmp_path, run, Target("last_backup", "", "t0k3n"))
    assert "no usable address" in outcome.as_result()["errors"][0]


def test_the_result_is_bounded(tmp_path: Path) -> None:
    outcome = stamping.Outcome("f", errors={str(number): "x" for number in range(5000)})
    assert len(outcome.as_result()["errors"]) == stamping.MAX_ERRORS + 1


def test_the_address_has_one_form() -> None:
    assert stamp_of("f", f"{URL}/") == stamp_of("f", URL) == {"field": "f", "url": URL}
    assert stamp_of("", "") == {}
