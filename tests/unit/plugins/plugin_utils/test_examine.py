"""A text in doubt is read again, and counts only where both readings agree."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, Fault
from ansible_collections.netcellar.backup.plugins.module_utils.device import Device
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer, Transcript
from ansible_collections.netcellar.backup.plugins.plugin_utils.examine import Doubt, Examination
from ansible_collections.netcellar.backup.plugins.plugin_utils.index import Entry
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for
from ansible_collections.netcellar.backup.plugins.plugin_utils.session import Reading
from ansible_collections.netcellar.backup.plugins.plugin_utils.targets import Target

LONG = "".join(f"interface Gi0/{number}\n shutdown\n!\n" for number in range(40))
NXOS = f"!Command: show running-config\n!Time: 01:00\n\nversion 9.3\nhostname r1\n{LONG}"
IOS = f"version 15.2\nhostname r1\n{LONG}end\n"


def heard(text: str, command: str = "show running-config") -> Transcript:
    return Transcript("r1#", "r1", (Answer(command, text, True),))


def examination(network_os: str, size: int = 0, **doubt: Any) -> Examination:
    record = Record(run="r", device_id="1", host="r1")
    target = Target(record, Device("1", "r1"), platform_for(network_os), "192.0.2.1", 22, {"running": "b/r1"})
    entry = Entry("1", "running", "r1", "b/r1", "", "", "", "", size=size)
    return Examination(target, "learn", Doubt(**doubt), {"running": entry})


def verdict(examined: Examination, *texts: str) -> Certified | Fault:
    """The verdict where a session offers these texts, one for each reading that is asked for."""

    command = examined.target.platform.artifacts["running"].commands[0]

    async def examine() -> Certified | Fault:
        reading = Reading({"running": heard(texts[0], command)}, "c")
        if await examined.doubtful("running", reading.transcripts["running"]):
            reading.second["running"] = heard(texts[1], command)
        return (await examined.verdicts(reading))["running"]

    return asyncio.run(examine())


HEADERS = (
    "Current configuration : {0} bytes",
    "Current configuration: {0} bytes",
    "Using {0} out of 262144 bytes",
    "Using 900 out of 262144 bytes, uncompressed size = {0} bytes",
)


@pytest.mark.parametrize("header", HEADERS)
def test_a_text_of_another_size_than_the_device_says_is_read_again(header: str) -> None:
    whole = f"Building configuration...\n\n{header.format(len(IOS) + 4)}\n!\n{IOS}"
    lost = whole.replace("interface Gi0/7\n shutdown\n!\ninterface Gi0/8\n shutdown\n!\n", "", 1)
    lost = lost.replace("interface Gi0/9\n shutdown\n!\n", "", 1)

    once = verdict(examination("cisco_ios"), whole)
    assert isinstance(once, Certified)
    assert once.certificate.saw("second_read") is None
    assert f"{len(IOS) + 4} told" in str(once.certificate.saw("size"))
    assert isinstance(verdict(examination("cisco_ios"), lost, whole), Fault)
    twice = verdict(examination("cisco_ios"), lost, lost)
    assert isinstance(twice, Certified)
    assert twice.certificate.saw("second_read") == "agrees"


def test_a_text_in_which_a_block_stands_twice_is_read_again() -> None:
    block = "interface Gi0/7\n shutdown\n!\n"
    twice = IOS.replace(block, block * 2)
    assert isinstance(verdict(examination("cisco_ios"), twice, IOS), Fault)
    assert isinstance(verdict(examination("cisco_ios"), twice, twice), Certified)


def test_an_end_mark_that_stands_in_the_middle_too_proves_nothing() -> None:
    whole = "#\n sysname r1\n#\ninterface Vlan1\n#\nip route\n#\n"
    cut = whole.removesuffix("ip route\n#\n")
    assert isinstance(verdict(examination("hp_comware"), cut, whole), Fault)
    assert isinstance(verdict(examination("hp_comware"), whole, whole), Certified)
    once = verdict(examination("hp_comware"), f"{whole}return\n")
    assert isinstance(once, Certified)
    assert once.certificate.saw("second_read") is None


def test_the_size_that_a_device_tells_proves_the_end_better_than_its_mark() -> None:
    body = "!\nversion 17.3\nhostname r1\nbanner motd ^C\nend\n^C\nip routing\nend\n"
    told = f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n{body}"
    once, twice = verdict(examination("cisco_ios"), told), verdict(examination("cisco_ios"), body, body)
    assert isinstance(once, Certified)
    assert once.certificate.saw("second_read") is None
    assert isinstance(twice, Certified)
    assert twice.certificate.saw("second_read") == "agrees"


def test_two_readings_agree_but_for_volatile_lines() -> None:
    result = verdict(examination("cisco_nxos"), NXOS, NXOS.replace("01:00", "01:01"))
    assert isinstance(result, Certified)
    assert result.certificate.saw("second_read") == "agrees"
    assert "01:00" in result.text


@pytest.mark.parametrize("other", [NXOS.replace(" shutdown\n", "", 1), NXOS + LONG])
def test_a_block_lost_or_repeated_in_one_of_two_readings_is_not_certified(other: str) -> None:
    assert isinstance(verdict(examination("cisco_nxos"), NXOS, other), Fault)
    assert isinstance(verdict(examination("cisco_nxos"), other, NXOS), Fault)


def test_where_an_end_mark_shows_it_one_reading_is_enough() -> None:
    result = verdict(examination("cisco_ios"), IOS)
    assert isinstance(result, Certified)
    assert result.certificate.saw("second_read") is None
    assert result.certificate.saw("size") == f"{len(IOS)} bytes, none before"


def test_a_text_that_fell_beyond_the_share_needs_a_second_reading_that_agrees() -> None:
    short = "version 15.2\nhostname r1\nend\n"
    big = examination("cisco_ios", len(IOS))
    assert isinstance(verdict(big, short, short), Certified)
    result = verdict(examination("cisco_ios", len(IOS)), short, IOS)
    assert isinstance(result, Fault)
    assert result.error == "incomplete"
    assert isinstance(verdict(examination("cisco_ios", len(IOS), max_shrink=1), short), Certified)


def test_whoever_wants_two_readings_everywhere_or_nowhere_gets_them() -> None:
    always = verdict(examination("cisco_ios", two_reads="always"), IOS, IOS)
    assert isinstance(always, Certified)
    assert always.certificate.saw("second_read") == "agrees"
    assert isinstance(verdict(examination("cisco_nxos", two_reads="never"), NXOS), Certified)


def test_a_second_reading_that_failed_is_told_so() -> None:
    result = verdict(examination("cisco_ios", two_reads="always"), IOS, "% Invalid input\n")
    assert isinstance(result, Fault)
    assert (result.error, "second reading" in result.message) == ("command_rejected", True)


def test_a_device_that_was_another_one_the_last_time_is_not_stored() -> None:
    examined = examination("cisco_ios")
    entry = Entry("1", "running", "r1", "b/r1", "", "", "", "", {"hostname": "r2"})
    examined.before = {"running": entry}
    examined.target = replace(examined.target, device=Device("1", "berlin-core"))
    result = verdict(examined, IOS)
    assert isinstance(result, Fault)
    assert result.error == "identity"
    examined.identity = "off"
    assert isinstance(verdict(examined, IOS), Certified)
