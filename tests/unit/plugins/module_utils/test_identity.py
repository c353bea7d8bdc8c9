"""Another device's configuration is never taken for this one's."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import Certified, Fault, judge
from ansible_collections.netcellar.backup.plugins.module_utils.identity import Expected, Identity, Known, mistaken
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer, Transcript
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for


@pytest.mark.parametrize(
    ("policy", "seen", "truth", "before", "good"),
    [
        ("learn", "r1", "r1", None, True),
        ("learn", "r9", "r1", None, True),  # the first meeting
        ("learn", "r9", "r1", "r9", True),
        ("learn", "r9", "r1", "r1", False),
        ("learn", "r9", None, "r1", False),
        ("learn", "r1", "r1", "old-name", True),  # renamed, and the source of truth agrees
        ("learn", None, "r1", "r1", True),
        ("strict", "r9", "r1", "r9", False),
        ("strict", "R1.example.net", "r1", "r9", True),
        ("strict", "r9", None, "r1", False),
        ("off", "r9", "r1", "r1", True),
    ],
)
def test_names(policy: Identity, seen: str | None, truth: str | None, before: str | None, good: bool) -> None:
    expected = Expected(policy, Known(truth), Known(before))
    assert (mistaken(Known(seen), expected) is None) is good
    numbers = Expected(policy, Known("same", truth and truth.partition(".")[0]), Known("same", before))
    if seen is None or "." not in seen:
        assert (mistaken(Known("same", seen), numbers) is None) is good


def test_the_message_says_who_answered_and_who_was_meant() -> None:
    told = mistaken(Known("r9", "A"), Expected("learn", Known("r1"), Known("r1", "A")))
    assert told == "the device calls itself 'r9', which was 'r1' in its last good capture"
    told = mistaken(Known("r1", "B"), Expected("strict", Known("r1", "A")))
    assert told == "the device has the serial number 'B', not 'A'"


def test_a_serial_number_is_read_where_the_platform_tells_it_cheaply() -> None:
    text = "# 2026-01-01 00:00:00 by RouterOS 7.10\n# serial number = 7C9A0F\n/system identity\nset name=m1\n"
    platform = platform_for("mikrotik_routeros")
    heard = Transcript("", None, (Answer("/export", text, True),))
    result = judge(platform, "running", heard)
    assert isinstance(result, Certified)
    assert (result.hostname, result.serial) == ("m1", "7C9A0F")
    assert result.certificate.saw("identity") == "configuration m1, serial 7C9A0F"
    other = judge(platform, "running", heard, Expected("learn", before=Known("m1", "OTHER")))
    assert isinstance(other, Fault)
    assert other.error == "identity"
