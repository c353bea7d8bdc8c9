"""Which hosts are tried, and why others are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device, Place
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.plugin_utils.targets import (
    Target,
    sketch,
    target_of,
    without_collisions,
)
from ansible_collections.netcellar.backup.plugins.plugin_utils.variables import HostVariables

PLAIN = {"ansible_network_os": "cisco.ios.ios"}
DEVICE = Device(id="uuid-1", name="r1", serial="S1", location=(Place("Europe", "Region"), Place("Berlin", "City")))


def target(host: str = "h1", **values: Any) -> Target | Record:
    merged = {**PLAIN, **values}
    return target_of(
        sketch(host, "run-1"), HostVariables(merged, Templar(DataLoader(), variables=merged)), "2026-11-21"
    )


def test_a_host_of_a_plain_inventory_needs_nothing_more() -> None:
    found = target()

    assert isinstance(found, Target)
    assert (found.address, found.port, found.platform.network_os) == ("h1", 22, "cisco_ios")
    assert found.paths == {"running": "backups/h1.running-config", "startup": "backups/h1.startup-config"}
    assert found.record.device_id == "h1"


def test_one_place_is_the_running_configurations() -> None:
    found = target(netcellar_paths="c/{name}.cfg", netcellar_artifacts=["running", "startup"])

    assert isinstance(found, Target)
    assert found.paths == {"running": "c/h1.cfg"}


def test_a_device_of_a_source_of_truth_brings_its_identity() -> None:
    paths = {"running": "{location.name|type:City}/{name}", "startup": "{serial}"}

    found = target(
        netcellar_device=DEVICE.as_dict(), ansible_host="192.0.2.1", ansible_port="2222", netcellar_paths=paths
    )

    assert isinstance(found, Target)
    assert (found.record.device_id, found.record.name, found.record.location) == ("uuid-1", "r1", "Berlin")
    assert (found.address, found.port) == ("192.0.2.1", 2222)
    assert found.paths == {"running": "Berlin/r1", "startup": "S1"}


def test_a_device_keeps_its_own_facts() -> None:
    found = target(netcellar_device=DEVICE.as_dict() | {"from_a_later_version": 1}, ansible_host="192.0.2.1")

    assert isinstance(found, Target)
    assert found.device.location == DEVICE.location


@pytest.mark.parametrize(
    ("values", "error"),
    [
        pytest.param({"ansible_network_os": ""}, "unsupported", id="no platform"),
        pytest.param({"ansible_network_os": "toaster"}, "unsupported", id="unknown platform"),
        pytest.param({"ansible_network_os": ["x"]}, "unsupported", id="platform of a wrong type"),
        pytest.param({"netcellar_device": DEVICE.as_dict()}, "no_address", id="device without an address"),
        pytest.param({"ansible_host": ""}, "no_address", id="empty address"),
        pytest.param({"ansible_port": "ssh"}, "no_address", id="port"),
        pytest.param({"ansible_port": 65536}, "no_address", id="port too high"),
        pytest.param({"ansible_port": 22.5}, "no_address", id="half a port"),
        pytest.param({"netcellar_paths": "x/{nowhere}"}, "path", id="unknown name in the path"),
        pytest.param({"netcellar_paths": "x/{serial}"}, "path", id="empty value in the path"),
        pytest.param({"netcellar_paths": 7}, "path", id="path of a wrong type"),
        pytest.param({"netcellar_artifacts": ["runing"]}, "unsupported", id="mistyped artifact"),
        pytest.param({"netcellar_artifacts": []}, "unsupported", id="no artifact"),
        pytest.param({"netcellar_device": {"id": 1}}, "identity", id="device of a wrong type"),
    ],
)
def test_a_host_that_cannot_be_tried_is_rejected(values: Mapping[str, Any], error: str) -> None:
    found = target(**values)

    assert isinstance(found, Record)
    assert (found.outcome, found.error, found.stage) == ("rejected", error, "inventory")
    assert found.message
    assert "fault of Netcellar" not in found.remedy


def test_a_missing_platform_is_said_to_be_missing() -> None:
    found = target(ansible_network_os="")

    assert isinstance(found, Record)
    assert found.message == "ansible_network_os is not set"


def test_a_mistyped_platform_names_the_near_one() -> None:
    found = target(ansible_network_os="cisco_iso")

    assert isinstance(found, Record)
    assert '"cisco_ios"' in found.remedy


@pytest.mark.parametrize("name", ["../../etc/x", "/etc/x", ".git", "a/b", "con", "x\n"])
def test_a_name_never_leaves_the_repository(name: str) -> None:
    found = target(netcellar_device={"id": "1", "name": name}, ansible_host="192.0.2.1", netcellar_paths="{name}")

    assert isinstance(found, Record)
    assert found.error == "path"


def test_a_template_in_a_name_is_a_name() -> None:
    found = target(netcellar_device={"id": "1", "name": "{{ 7*7 }}"}, ansible_host="192.0.2.1")

    assert isinstance(found, Target)
    assert found.paths["running"] == "backups/{{ 7*7 }}.running-config"


def test_all_that_share_a_path_are_rejected() -> None:
    targets = [
        target(netcellar_device={"id": str(number), "name": name}, ansible_host="192.0.2.1", netcellar_paths=template)
        for number, (name, template) in enumerate(
            [
                ("r1", "{name}.{artifact}"),
                ("R1", "{name}.{artifact}"),
                ("r2", "{name}.{artifact}"),
                ("r3", "same"),
                ("r4", "same"),
            ]
        )
    ]

    clear, rejected = without_collisions(each for each in targets if isinstance(each, Target))

    assert [each.device.name for each in clear] == ["r2"]
    assert [(each.name, each.error, each.outcome) for each in rejected] == [
        (name, "path", "rejected") for name in ("r1", "R1", "r3", "r4")
    ]


def test_a_collision_names_the_other_host() -> None:
    targets = [target(host, netcellar_paths="same.{artifact}") for host in ("h1", "h2", "h3")]
    alone = target("h4", netcellar_paths="one", netcellar_artifacts=["startup", "running"])

    _clear, rejected = without_collisions(each for each in (*targets, alone) if isinstance(each, Target))

    assert [each.message for each in rejected] == [
        "the path 'same.running' would also be that of h2 and 1 more",
        "the path 'same.running' would also be that of h1 and 1 more",
        "the path 'same.running' would also be that of h1 and 1 more",
        "the path 'one' would be that of several artifacts of this host",
    ]
    assert "{artifact}" in rejected[-1].remedy


def test_a_broken_platform_file_rejects_the_devices_that_need_it_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "acme_os.yml").write_text("network_os: acme_os\nprompt: 7\n")

    assert isinstance(target(netcellar_platforms=str(tmp_path)), Target)
    found = target(netcellar_platforms=str(tmp_path), ansible_network_os="acme_os")

    assert isinstance(found, Record)
    assert str(tmp_path / "acme_os.yml") in found.message
    assert found.remedy == "mend the platform file"


def test_an_experimental_platform_is_rejected_until_it_is_asked_for() -> None:
    refused = target(ansible_network_os="huawei_vrp")
    assert isinstance(refused, Record)
    assert (refused.outcome, refused.error) == ("rejected", "unsupported")
    assert "experimental" in (refused.message or "")

    found = target(ansible_network_os="huawei_vrp", netcellar_experimental=["huawei_vrp"])
    assert isinstance(found, Target)


def test_a_platform_file_of_the_user_is_used_and_its_fault_named(tmp_path: Path) -> None:
    (tmp_path / "acme_os.yml").write_text(
        "network_os: acme_os\ntitle: Acme\nprompt: {privileged: '(?P<host>\\w+)# ?'}\nerrors: ['% ']\n"
        "artifacts: {flash: {commands: [show flash]}}\nhostname: {}\nsecrets: {}\n"
    )
    mine = {"ansible_network_os": "acme_os", "netcellar_platforms": str(tmp_path), "netcellar_artifacts": ["flash"]}

    found = target(**mine)
    assert isinstance(found, Target)
    assert found.paths == {"flash": "backups/h1.flash-config"}

    refused = target(**{**mine, "netcellar_platforms": str(tmp_path / "none")})
    assert isinstance(refused, Record)
    assert "netcellar_platforms" in (refused.message or "")
