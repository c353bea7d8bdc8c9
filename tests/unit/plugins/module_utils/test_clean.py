"""The kept text is faithful, and equal where nothing but volatile lines changed."""

from __future__ import annotations

from ansible_collections.netcellar.backup.plugins.module_utils.clean import clean, decode, same_as, unix_lines
from ansible_collections.netcellar.backup.plugins.plugin_utils.platform_files import platform_for

IOS = platform_for("cisco_ios")
ROUTEROS = platform_for("mikrotik_routeros")


def test_only_the_head_loses_noise() -> None:
    head = "\r\nBuilding configuration...\r\n\r\nCurrent configuration : 9 bytes\r\n"
    text = "!\r\nbanner motd ^C\r\nBuilding configuration...\r\n^C\r\nend"
    assert clean(IOS, head + text) == "!\nbanner motd ^C\nBuilding configuration...\n^C\nend\n"


def test_one_line_end_and_no_blanks_at_line_ends() -> None:
    assert clean(IOS, "a  \r\n b\t\r\n\r\nend\r\n\r\n\r\n") == "a\n b\n\nend\n"
    assert clean(IOS, "") == "\n"


def test_cleaning_twice_changes_nothing() -> None:
    once = clean(IOS, "Building configuration...\r\n\r\n!\r\nx \r\nend\r\n")
    assert clean(IOS, once) == once


def test_terminal_wraps_are_joined() -> None:
    assert clean(ROUTEROS, "add a=1 \\\r\n    b=2\r\n") == "add a=1 b=2\n"


def test_line_ends_of_many_kinds() -> None:
    assert unix_lines("a\r\r\nb\r\nc\n\rd\n") == "a\nb\nc\nd\n"
    assert unix_lines("a\rb\n") == "a\rb\n"


def test_volatile_lines_make_no_difference() -> None:
    text = "!\n! Last configuration change at 10:00:00 UTC by a\n!\nntp clock-period 1\nhostname r1\nend\n"
    other = text.replace("10:00:00", "11:11:11").replace("period 1", "period 2").replace("hostname", "\nhostname")
    assert same_as(IOS, text) == same_as(IOS, other)
    assert same_as(IOS, text) != same_as(IOS, text.replace("r1", "r2"))
    assert same_as(IOS, text) != same_as(IOS, "".join(reversed(text.splitlines(keepends=True))))


def test_bytes_become_text_whatever_they_are() -> None:
    assert decode("Zürich".encode()) == "Zürich"
    assert decode("Zürich".encode("latin-1")) == "Zürich"
