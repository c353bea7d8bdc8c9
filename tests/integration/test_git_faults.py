"""What is captured is never lost, and never called stored before it is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site
from .nautobot_stub import FIELD, TOKEN, nautobot

IDS = {"r1": "11111111-1111-4111-8111-111111111111", "r2": "22222222-2222-4222-8222-222222222222"}


@pytest.fixture
def pair(lab: OpenLab, site: Site) -> Lab:
    """Two devices that Nautobot knows."""
    opened = lab(LabDevice("r1", "cisco_ios"), LabDevice("r2", "arista_eos"))
    hosts = {
        name: host | {"netcellar_device": {"id": IDS[name], "name": name}} for name, host in opened.hosts().items()
    }
    site.know(opened)
    site.write("hosts.yml", json.dumps({"all": {"hosts": hosts}}))
    return opened


def test_a_repository_that_is_none_ends_the_run_and_stays_as_it_is(pair: Lab, site: Site) -> None:
    site.write("documents/letter.txt", "Dear Ann")
    played = site.play(netcellar_repository=str(site.folder / "documents"))
    assert played.code != 0
    assert "not a bare Git repository" in played.output
    assert played.noise == []
    assert pair.logins == 0
    assert [path.name for path in (site.folder / "documents").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("mode", ["all", "notable", "off"])
def test_a_push_that_fails_fails_the_run_in_every_verdict_mode(pair: Lab, site: Site, mode: str) -> None:
    played = site.play(netcellar_remote=str(site.folder / "nowhere.git"), netcellar_verdict=mode)
    assert played.code != 0
    assert {record.error for record in played.records.values()} == {"push"}, played.output
    assert "push: " in played.output
    assert played.noise == []


def test_what_was_captured_and_not_committed_is_brought_home_by_plain_ansible(pair: Lab, site: Site) -> None:
    played = site.play(netcellar_push="maybe")
    assert "netcellar_push='maybe' is unknown. Write true or false" in played.output
    (run,) = site.runs()
    about = f"netcellar_run_id={run} netcellar_repository={site.repository} netcellar_state={site.state}"
    done = site.run("ansible-playbook", "-i", "localhost,", "-c", "local", "-e", about, "netcellar.backup.resume")
    assert (done.returncode, pair.logins) == (0, 2), done.stdout
    assert "2 stored" in done.stdout
    assert (
        site.git("log", "-1", "--format=%B", "main").split()
        == f"backup: 2 of 2 devices changed Netcellar-Run: {run}".split()
    )


@pytest.mark.parametrize("mode", ["all", "off"])
def test_an_old_push_that_fails_again_fails_a_run_that_has_nothing_new(pair: Lab, site: Site, mode: str) -> None:
    """No record of this run is at fault: its only device asks for no push."""
    remote = str(site.folder / "nowhere.git")
    site.play("--limit", "r1", netcellar_remote=remote)
    pair.set_fault("r2", "down")
    played = site.play("--limit", "r2", netcellar_remote=remote, netcellar_verdict=mode)
    assert played.code != 0
    assert played.outcomes == {"r2": "unreachable"}
    assert (site.state / "runs" / played.records["r2"].run / "faults.json").exists()


def test_what_could_not_be_pushed_goes_with_the_next_run_and_is_stamped_with_its_own_date(
    pair: Lab, site: Site
) -> None:
    remote = site.folder / "remote.git"
    with nautobot(IDS.values()) as server:
        site.variables = {
            "netcellar_remote": str(remote),
            "netcellar_stamp_field": FIELD,
            "netcellar_nautobot_url": server.url,
            "netcellar_nautobot_token": TOKEN,
        }
        first = site.play("--limit", "r1")
        assert first.code != 0
        assert first.records["r1"].error == "push", first.output
        assert server.writes == []

        make_remote(remote)
        second = site.play("--limit", "r2")
        assert (second.code, second.noise) == (0, []), second.output
        assert site.git("rev-parse", "main", repository=remote) == site.git("rev-parse", "main")
        stored = site.git("ls-tree", "-r", "--name-only", "main", repository=remote).splitlines()
        assert {"backups/r1.running-config", "backups/r2.running-config"} <= set(stored)
        assert dict(server.writes) == {
            IDS["r1"]: first.records["r1"].captured_at,
            IDS["r2"]: second.records["r2"].captured_at,
        }
        assert second.records["r2"].stamped

        third = site.play()
        assert (third.code, third.outcomes) == (0, {"r1": "unchanged", "r2": "unchanged"}), third.output
        assert TOKEN not in third.output
        assert site.holding(TOKEN) == []


def test_dates_that_cannot_be_written_fail_the_run_whose_devices_are_stored(pair: Lab, site: Site) -> None:
    with nautobot([]) as gone:
        url = gone.url
    played = site.play(netcellar_stamp_field=FIELD, netcellar_nautobot_url=f"{url}/", netcellar_nautobot_token=TOKEN)
    assert played.code != 0
    assert played.outcomes == {"r1": "stored", "r2": "stored"}, played.output
    assert f"stamp: Nautobot at {url} cannot be reached" in played.output
    assert "Traceback" not in played.output
    with nautobot(IDS.values()) as server:
        variables = {"netcellar_stamp_field": FIELD, "netcellar_nautobot_url": f"{server.url}/"}
        site.settings = {"NAUTOBOT_TOKEN": TOKEN}
        assert site.play("--limit", "r2", **variables).code == 0
        assert list(server.dates) == list(IDS.values())
        assert server.dates[IDS["r2"]]


def make_remote(path: Path) -> None:
    subprocess.run(["git", "init", "--bare", "--quiet", "--initial-branch=main", path], check=True)
