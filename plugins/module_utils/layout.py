# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lays a JSON configuration out anew, so that its lines can be compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def laid_out(text: str, dropped: Sequence[tuple[str, ...]] = ()) -> str:
    """JSON with one value to a line, in the order of the device; a text that is none stays, for the judge to see.

    ``dropped`` are the last keys on the way to what is left out: ``("password", "history")``.
    """
    try:
        return json.dumps(_without(json.loads(text), dropped, ()), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _without(value: Any, dropped: Sequence[tuple[str, ...]], at: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_without(item, dropped, at) for item in value]
    if not isinstance(value, dict):
        return value
    ways = {key: (*at, key) for key in value}
    kept = {key: way for key, way in ways.items() if not any(way[-len(keys) :] == keys for keys in dropped)}
    return {key: _without(value[key], dropped, way) for key, way in kept.items()}
