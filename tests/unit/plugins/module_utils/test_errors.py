"""What is told of a fault moves no terminal, whoever wrote parts of it: a device, Nautobot, a Git server."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.module_utils.errors import NetcellarError
from ansible_collections.netcellar.backup.plugins.module_utils.record import Record
from ansible_collections.netcellar.backup.plugins.module_utils.verdict import of_host


@pytest.mark.parametrize(
    ("hostile", "told"),
    [
        ("\x1b]0;t\x07\x1b[2J", r"\x1b]0;t\x07\x1b[2J"),
        ("\x9b2J\x00\x7f\x08", r"\x9b2J\x00\x7f\x08"),
        ("a\u202egpj\u2066", r"a\u202egpj\u2066"),
        ("Zürich 東京 \udc80", r"Zürich 東京 \udc80"),
    ],
)
def test_control_characters_are_shown_and_not_obeyed(hostile: str, told: str) -> None:
    error = NetcellarError(f"no {hostile}", remedy=f"See it\n{hostile}")
    assert (error.message, error.remedy, str(error)) == (f"no {told}", f"See it\n{told}", f"no {told}. See it\n{told}")
    record = Record(run="r", device_id="1", host="h").failed("path", f"of {hostile}", stage="commit", advice=hostile)
    assert of_host(record).message == f"path: of {told}. {told}"


def test_no_name_makes_a_message_that_nobody_can_carry() -> None:
    record = Record(run="r", device_id="1", host="h").failed("path", "x" * 1_000_000, stage="commit", advice="y" * 9999)
    assert len(record.message) == len(record.advice) == 2000
