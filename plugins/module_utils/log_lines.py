# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Log messages that a device writes to a terminal whenever something happens, also between the lines of an answer."""

from __future__ import annotations

import re

# %SYS-5-CONFIG_I: (Cisco, Arista), %%01IFNET/4/LINK_STATE(l)[0]: (Huawei), and with the time inside (Comware).
_MNEMONIC = re.compile(
    r"%(?:%\d\d|\w{3} +\d+ \d\d:\d\d:\d\d:\d+ \d{4} \S+ )?[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*[-/][0-7][-/]\w+(?:\(\w\))?"
    r"(?:\[\d+\])? ?:"
)
# What may stand before it: nothing, or a time. A rule that waits for a message has neither.
_BEFORE = re.compile(r"(?:[^\"'%]*\d\d:\d\d:\d\d[^\"'%]*(?:%\$ VDC-\d+ %\$ +)?)?")


def log_line(text: str) -> str | None:
    """The first line of a text that is a log message, or None."""
    if "%" not in text:
        return None
    for found in _MNEMONIC.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        if _BEFORE.fullmatch(text, start, found.start()):
            return text[start:].split("\n", 1)[0]
    return None
