# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Makes a text fit to be stored: its secrets masked, and what was left of them found before it is too late."""

from __future__ import annotations

from dataclasses import dataclass, field

from .errors import NetcellarError
from .leak import Credentials, leak
from .mask import Token, marker, mask
from .platform import Platform


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
