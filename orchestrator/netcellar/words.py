"""Counting in words."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 device``, ``2 devices``; a noun that ends in y becomes -ies."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{number} {noun}s"


def lasting(seconds: float) -> str:
    """A length of time by its two largest units: ``45 s``, ``3 h 20 min``, ``12 d``."""
    left, parts = int(seconds), []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2]) or "0 s"
