"""Counting in words."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 device``, ``2 devices``; a noun that ends in y becomes -ies."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{number} {noun}s"
