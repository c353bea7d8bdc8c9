"""Log messages among the lines of an answer, and what only looks like one."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, Fault, judge
from ansible_collections.netcellar.backup.plugins.module_utils.log_lines import log_line
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer, Transcript
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

MESSAGES = [
    "*Nov 20 10:00:00.123: %SYS-5-CONFIG_I: Configured from console by ann on vty0 (192.0.2.1)",
    "000123: Nov 20 2026 10:00:00.123 UTC: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi1, changed state to up",
    "%LINK-3-UPDOWN: Interface Gi1, changed state to down",
    "2026 Nov 20 10:00:00 sw1 %$ VDC-1 %$ %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up",
    "RP/0/RP0/CPU0:Nov 20 10:00:00.123 UTC: config[65735]: %MGBL-SYS-5-CONFIG_I : Configured from console",
    "Nov 20 10:00:00 leaf1 ConfigAgent: %SYS-5-CONFIG_I: Configured from cli by ann",
    "%ASA-5-111008: User 'ann' executed the 'write' command.",
    "%Nov 20 10:00:00:123 2026 sw1 SHELL/5/SHELL_LOGIN: ann logged in from 192.0.2.1.",
    "Nov 20 2026 10:00:00+00:00 sw1 %%01IFNET/4/LINK_STATE(l)[0]:The line protocol has entered the state up.",
]
NONE = [
    " event syslog pattern %SYS-5-CONFIG_I: maxrun 10",
    ' event syslog pattern "10:00:00 %SYS-5-CONFIG_I: "',
    " description 50% RED-5-BLUE: old",
    "logging discriminator d1 mnemonics drops CONFIG_I",
    "prompt %h-%s",
]


@pytest.mark.parametrize("line", MESSAGES)
def test_a_log_message_makes_a_text_no_configuration(line: str) -> None:
    assert log_line(f"hostname r1\n{line}\nend") == line
    text = f"Building configuration...\nversion 17.3\nhostname r1\n{line}\ninterface Lo0\nend\n"
    verdict = judge(platform_for("cisco_ios"), "running", heard(text))
    assert isinstance(verdict, Fault)
    assert (verdict.error, verdict.message) == ("incomplete", "a log message of the device stands in the text")


@pytest.mark.parametrize("line", NONE)
def test_words_of_a_configuration_are_no_log_message(line: str) -> None:
    assert log_line(f"hostname r1\n{line}\nend") is None


def test_a_banner_may_quote_one() -> None:
    text = f"version 17.3\nhostname r1\nbanner motd ^C\n{MESSAGES[2]}\n^C\nend\n"
    assert isinstance(judge(platform_for("cisco_ios"), "running", heard(text)), Certified)


def heard(text: str) -> Transcript:
    return Transcript("r1#", "r1", (Answer("show running-config", text, True),))
