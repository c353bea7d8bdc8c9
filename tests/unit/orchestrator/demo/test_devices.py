"""The laboratory itself: what it says is what tests rely on."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest
from netcellar.demo.configs import PLATFORMS, config_of, secrets_of
from netcellar.demo.devices import Lab, demo_devices
from netcellar.demo.dialects import DIALECTS, display_set
from netcellar.demo.terminal import LabDevice

from tests.waiting import HANG_SECONDS

OpenLab = Callable[..., Lab]


def say(lab: Lab, name: str, command: str) -> str:
    """What a device answers to one command on an exec channel."""

    async def ask() -> str:
        device = lab.devices[name]
        async with asyncssh.connect(
            "127.0.0.1",
            lab.ports[name],
            username=device.user,
            password=device.password,
            known_hosts=asyncssh.import_known_hosts(lab.known_hosts()),
            config=None,
            client_keys=None,
            agent_path=None,
        ) as connection:
            return str((await connection.run(command)).stdout)

    return asyncio.run(ask())


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("size", [100, 40_000])
def test_a_configuration_has_the_size_the_name_and_the_secrets(platform: str, size: int) -> None:
    config = config_of(platform, "r1", size)

    assert len(config) >= size
    assert size < 1000 or len(config) < size * 1.1
    assert "r1" in config
    assert any(secret in config for secret in secrets_of("r1").values())
    assert config == config_of(platform, "r1", size)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_two_reads_of_a_running_configuration_need_be_alike(platform: str) -> None:
    frame = DIALECTS[platform].frame
    config = config_of(platform, "r1")

    assert config.strip() in frame(config, "running", 1)
    assert platform in {"arista_eos", "frr"} or frame(config, "running", 1) != frame(config, "running", 2)


def test_a_change_is_seen_by_the_next_read(lab: OpenLab) -> None:
    devices = lab(LabDevice("r1", "mikrotik_routeros"))

    devices.change("r1", "room 0", "room zero")

    assert 'comment="room zero"' in say(devices, "r1", "/export")
    with pytest.raises(ValueError, match="no 'nothing'"):
        devices.change("r1", "nothing", "")


def test_a_fault_comes_and_goes_on_the_same_port(lab: OpenLab) -> None:
    devices = lab(LabDevice("r1", "frr"))
    port = devices.ports["r1"]

    devices.set_fault("r1", "down")
    with pytest.raises(ConnectionRefusedError):
        say(devices, "r1", "show running-config")
    devices.set_fault("r1", "")

    assert "hostname r1" in say(devices, "r1", "show running-config")
    assert devices.ports["r1"] == port
    assert (devices.logins, devices.devices["r1"].commands) == (1, ["show running-config"])


def test_display_set_is_the_same_configuration() -> None:
    text = display_set("system {\n    host-name r1; ## note\n    services {\n        ssh;\n    }\n}\n")

    assert text == "set system host-name r1\nset system services ssh\n"


def test_the_demonstration_has_enough_devices_of_every_platform() -> None:
    devices = demo_devices()
    sound = [device for device in devices if device.fault in {"", "slow"}]

    assert len(devices) >= 12
    assert {device.platform for device in sound} == set(PLATFORMS)
    assert {device.fault for device in devices} > {"password", "down", "hangup", "error"}


def test_it_serves_as_a_process_of_its_own(tmp_path: Path) -> None:
    inventory = tmp_path / "lab.yml"
    command = [sys.executable, "-m", "netcellar.demo.serve", "--write-inventory", str(inventory), "--count", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("READY 3 ")
        hosts = json.loads(inventory.read_text())["all"]["hosts"]
        assert [host["ansible_network_os"] for host in hosts.values()] == list(PLATFORMS[:3])
        assert len(inventory.with_suffix(".known_hosts").read_text().splitlines()) == 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_SECONDS) == 0
