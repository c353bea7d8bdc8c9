"""Two thousand devices, of which one in seven misbehaves: every one has its record, and none delays the others."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from netcellar.demo.terminal import Fault, LabDevice

from .conftest import OpenLab, Site

DEVICES = 2000
# Every twentieth each: hangs (before the login or after it), refuses, cuts the line.
FAULTS: dict[int, tuple[Fault, ...]] = {0: ("stuck", "silent"), 1: ("down",), 2: ("hangup",)}
EXPECTED = {
    "stuck": ("unreachable", "connect_timeout"),
    "silent": ("failed", "command_timeout"),
    "down": ("unreachable", "refused"),
    "hangup": ("quarantined", "incomplete"),
    "": ("stored", None),
}
LIMITS = {"connect_timeout": 40, "command_timeout": 20, "device_timeout": 90, "retries": 1, "verdict": "off"}
HARD_LIMIT_SECONDS = 300


def fault_of(number: int) -> Fault:
    faults = FAULTS.get(number % 20, ("",))
    return faults[number // 20 % len(faults)]


@pytest.mark.deep
def test_every_one_of_2000_has_the_right_record(lab: OpenLab, site: Site) -> None:
    devices = lab(*(LabDevice(f"r{number}", "cisco_ios", fault=fault_of(number)) for number in range(DEVICES)))
    site.write("hosts.yml", devices.inventory())
    site.know(devices)
    started = time.monotonic()

    played = site.play(**{f"netcellar_{name}": value for name, value in LIMITS.items()})

    assert time.monotonic() - started < HARD_LIMIT_SECONDS
    found = {host: (record.outcome, record.error) for host, record in played.records.items()}
    assert found == {name: EXPECTED[device.fault] for name, device in devices.devices.items()}
    assert Counter(outcome for outcome, _error in found.values())["stored"] == DEVICES * 85 // 100
    stored = {path.split("/")[1].removesuffix(".running-config") for path in site.files if "running" in path}
    assert stored == {name for name, device in devices.devices.items() if not device.fault}
    # One login for each device and run, second tries or not.
    assert max(device.tries for device in devices.devices.values()) == 1
