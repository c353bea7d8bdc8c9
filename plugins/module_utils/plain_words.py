# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The words of a line in one form for all platforms: without the verbs and marks that only their syntax wants."""

from __future__ import annotations

import re
from functools import lru_cache

_VERBS = re.compile(r"(?:(?:set|add|bind|configure|config|create|delete|enable|disable|unset|no|undo) )+")


# The same lines stand in most versions of most devices.
@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """``text`` in lower case, without a verb at its beginning and the marks around it."""
    return _VERBS.sub("", text.lower().strip('<>{};[]" :'), count=1)
