# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes a text fit to be stored: its secrets masked, and what was left of them found before it is too late."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .completeness import Fault
from .errors import NetcellarError
from .leak import Credentials, leak
from .mask import MARKER, Token, marker, mask
from .platform import Platform

LONGEST_SAID = 120
LONGEST = 600
# In the error messages of devices a secret may stand behind such a word, in no grammar that a rule could know.
_SECRET = re.compile(
    r"(?i)((?:passw\w*|passphrase|secret\w*|communit\w*|psk|key(?:-string)?s?|tokens?|hash|md5)\b[\s=:\"'(]+)\S.*"
)


class LeakError(NetcellarError):
    """A secret was left after masking. The message names rule and line, never the secret."""


@dataclass(frozen=True, slots=True)
class Masking:
    """The tokens that a run masks with, and the credentials that may be in none of its texts."""

    credentials: Credentials = field(default_factory=Credentials)
    token: Token = field(default=marker, repr=False)

    def masked(self, platform: Platform, text: str) -> str:
        """The text without secrets. Raises LeakError where one is left."""
        text = mask(platform, text, self.token).text
        found = leak(text, self.credentials)
        if found:
            message = f"after masking, line {found.line} still holds a secret (rule {found.rule})"
            raise LeakError(message, error="leak")
        return text

    def told(self, platform: Platform, fault: Fault) -> str:
        """The words of a fault without secrets, of which a device may repeat some in what it says."""
        message = self.credentials.removed_from(fault.message)[:LONGEST]
        if not fault.said:
            return message
        said = mask(platform, self.credentials.removed_from(fault.said, weak=True)).text
        # Cut before, it could end in half a secret.
        shown = _SECRET.sub(rf"\1{MARKER}", said)[:LONGEST_SAID]
        return f"{message} {shown!r}"
