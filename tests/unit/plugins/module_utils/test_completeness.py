"""Whole or not at all (promise 2): what is certified, and that nothing else is."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.completeness import (
    Certified,
    Fault,
    absent,
    judge,
    rejected,
)
from ansible_collections.netcellar.backup.plugins.module_utils.hostname import same_host
from ansible_collections.netcellar.backup.plugins.module_utils.identity import Expected, Identity, Known
from ansible_collections.netcellar.backup.plugins.module_utils.structure import broken
from ansible_collections.netcellar.backup.plugins.module_utils.transcript import Answer, Transcript
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

IOS = platform_for("cisco_ios")
JUNOS = platform_for("juniper_junos")
WHOLE = (
    "Building configuration...\r\n\r\nCurrent configuration : 80 bytes\r\n!\r\nversion 15.2\r\n!\r\nhostname r1\r\n"
    "!\r\nbanner motd ^C\r\nend\r\n^C\r\ninterface Gi0/1\r\n description end\r\n!\r\nend\r\n\r\n"
)


def judged(text: str, *, complete: bool = True, host: str = "r1", identity: Identity = "learn") -> Certified | Fault:
    answers = (Answer("terminal length 0", "", True), Answer("show running-config", text, complete))
    return judge(IOS, "running", Transcript(f"{host}#", host, answers), Expected(identity))


def fault(text: str, **options: object) -> str:
    result = judged(text, **options)  # type: ignore[arg-type]
    assert isinstance(result, Fault), result
    return result.error


def test_whole_text_is_certified_and_clean() -> None:
    result = judged(WHOLE)
    assert isinstance(result, Certified)
    assert result.hostname == "r1"
    assert result.text.startswith("!\nversion 15.2\n")
    assert result.text.endswith("!\nend\n")
    assert "\r" not in result.text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "incomplete"),
        ("\r\n\r\n", "incomplete"),
        ("Building configuration...\r\n", "incomplete"),
        (WHOLE.replace("\r\nend\r\n\r\n", "\r\n"), "incomplete"),
        (WHOLE + "r1#\r\n", "incomplete"),
        (WHOLE[: WHOLE.index("^C\r\ninterface")], "incomplete"),
        ("  ^\r\n% Invalid input detected at '^' marker.\r\n", "command_rejected"),
        ("% Authorization failed.\r\n", "command_rejected"),
        ("Command authorization failed.\r\n\r\n", "command_rejected"),
        ("% Bad IP address or host name% Unknown command or computer name\r\n", "command_rejected"),
        (WHOLE.replace("interface", "% Invalid input detected at '^' marker.\r\ninterface"), "command_rejected"),
        (WHOLE.replace("interface", " --More-- \r\ninterface"), "incomplete"),
        (WHOLE.replace("interface", "\x1b[7m interface"), "incomplete"),
        (WHOLE.replace("interface", "\x08\x08 interface"), "incomplete"),
        (WHOLE.replace("interface", "r1#show running-config\r\ninterface"), "incomplete"),
        (WHOLE.replace("hostname r1", "hostname r2"), "identity"),
        (WHOLE.replace("hostname r1\r\n", ""), "identity"),
        (WHOLE.replace("version 15.2", "!").replace("Building", "!").replace("Current", "!"), "incomplete"),
    ],
)
def test_nothing_else_is_certified(text: str, error: str) -> None:
    assert fault(text) == error


def test_answer_that_broke_off_is_not_certified_whatever_it_holds() -> None:
    assert fault(WHOLE, complete=False) == "incomplete"
    before = (Answer("terminal length 0", "", False), Answer("show running-config", WHOLE, True))
    assert isinstance(judge(IOS, "running", Transcript("r1#", "r1", before)), Fault)


def test_command_that_was_never_asked() -> None:
    result = judge(IOS, "startup", Transcript("r1#", "r1", (Answer("show running-config", WHOLE, True),)))
    assert isinstance(result, Fault)


def test_second_command_counts_where_the_first_is_rejected() -> None:
    text = "set version 21.4\r\nset system host-name q1\r\n"
    answers = (
        Answer("show configuration", "syntax error.\r\n", True),
        Answer("show configuration | display set", text, True),
    )
    assert isinstance(judge(JUNOS, "running", Transcript("a@q1>", "q1", answers)), Certified)
    assert isinstance(judge(JUNOS, "running", Transcript("a@q1>", "q1", answers[:1])), Fault)


@pytest.mark.parametrize(
    ("prompt", "expected", "identity", "good"),
    [
        ("r1", "r1", "strict", True),
        ("R1", "r1.example.net", "strict", True),
        ("r1", "r2", "strict", False),
        ("r1", "r2", "learn", True),
        ("r2", "r1", "learn", False),
        ("r2", "r3", "off", True),
    ],
)
def test_identity(prompt: str, expected: str, identity: Identity, good: bool) -> None:
    transcript = Transcript(f"{prompt}#", prompt, (Answer("show running-config", WHOLE, True),))
    result = judge(IOS, "running", transcript, Expected(identity, Known(expected)))
    assert isinstance(result, Certified) is good
    assert good or (isinstance(result, Fault) and result.error == "identity")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("r1", "R1", True),
        ("r1", "r1.example.net", True),
        ("r1", "r10", False),
        ("r1.a", "r1.b", False),
        ("a-very-long-device-n", "a-very-long-device-name-indeed", True),
        ("a-very-long", "a-very-long-device", False),
    ],
)
def test_spellings_of_one_host(one: str, other: str, same: bool) -> None:
    assert same_host(one, other) is same
    assert same_host(other, one) is same


def test_absent_startup_is_told_from_an_error() -> None:
    assert absent(IOS, "startup", Answer("show startup-config", "startup-config is not present\r\n", True))
    assert not absent(IOS, "startup", Answer("show startup-config", WHOLE, True))


def test_rejection_is_read_at_the_beginning_only() -> None:
    assert rejected(IOS, Answer("x", "\r\n   ^\r\n% Invalid input detected\r\n", True)) == "% Invalid input detected"
    assert rejected(IOS, Answer("x", WHOLE + "% Invalid input\r\n", True)) is None
    # Words that the platform file does not know, where nothing else came.
    assert rejected(IOS, Answer("x", "\r\n--- Unrecognised command: x\r\n", True)) == "--- Unrecognised command: x"
    assert rejected(IOS, Answer("x", "hostname a\r\n! unknown\r\n!\r\nend\r\n", True)) is None


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('a {\n    b "}{;#";\n    /* } */\n    c d; ## SECRET-DATA\n}\n', True),
        ("a {\n    b;\n", False),
        ("a {\n}\n}\n", False),
        ('a {\n    b "open;\n}\n', False),
        ("a {\n    b\n}\n", False),
        ("a;\n\n{master:0}\n", True),
        ("a;\n/* open\n", False),
    ],
)
def test_braces(text: str, whole: bool) -> None:
    assert (broken("braces", text) is None) is whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('set a "x\ny"\nset b\ndeactivate c\n\n{master:0}\n', True),
        ("set a\nfoo b\n", False),
        ('set a "x\nset b\n', False),
        ("a {\n}\n", False),
    ],
)
def test_set_statements(text: str, whole: bool) -> None:
    assert (broken("set", text) is None) is whole
