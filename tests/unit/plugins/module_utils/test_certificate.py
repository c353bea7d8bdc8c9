"""Why a text counts as whole."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.certificate import Certificate, shrunk
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, judge
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer, Transcript
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

IOS = "Building configuration...\n\nversion 15.2\n!\nhostname r1\nsnmp-server community hush ro\n!\nend\n"
JUNOS = "system {\n    host-name q1;\n}\n"
ROUTEROS = "# 2026-01-01 00:00:00 by RouterOS 7.10\n/system identity\nset name=m1\n"


def certified(network_os: str, text: str, prompt: str, host: str | None) -> Certificate:
    platform = platform_for(network_os)
    answer = Answer(platform.artifacts["running"].commands[0], text, True)
    result = judge(platform, "running", Transcript(prompt, host, (answer,)))
    assert isinstance(result, Certified), result
    return result.certificate


def test_a_certificate_says_what_each_check_saw() -> None:
    seen = certified("cisco_ios", IOS, "r1#", "r1").as_dict()
    assert seen == {
        "answered": "show running-config",
        "prompt": "on its own line",
        "begin": "as it must",
        "end": "line 6",
        "errors": "none in 6 lines",
        "residue": "none",
        "identity": "prompt r1, configuration r1",
    }
    assert "hush" not in str(seen)


def test_a_check_that_the_platform_does_not_allow_for_is_not_claimed() -> None:
    assert certified("juniper_junos", JUNOS, "a@q1>", "q1").saw("end") is None
    assert certified("juniper_junos", JUNOS, "a@q1>", "q1").saw("structure") == "braces"
    exec_channel = certified("mikrotik_routeros", ROUTEROS, "", None)
    assert (exec_channel.saw("prompt"), exec_channel.saw("end")) == ("exit status", None)


@pytest.mark.parametrize(
    ("size", "before", "expected"), [(70, 100, False), (69, 100, True), (100, 0, False), (200, 100, False)]
)
def test_only_a_fall_beyond_the_share_is_doubtful(size: int, before: int, expected: bool) -> None:
    assert shrunk(size, before, 0.3) is expected


def test_a_share_of_one_doubts_nothing() -> None:
    assert not shrunk(1, 10_000, 1)
