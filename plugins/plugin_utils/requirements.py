# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What to say where a Python package that the collection needs is not there."""

from __future__ import annotations

import sys
from pathlib import Path

from ..module_utils.errors import ErrorClass, NetcellarError

REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"


def missing(package: str, error: ErrorClass = "internal") -> NetcellarError:
    """The error to raise. Its remedy can be pasted: it names the Python that lacks the package, and our list."""
    return NetcellarError(
        f"the Python package {package} is missing",
        remedy=f"install it with: {sys.executable} -m pip install -r {REQUIREMENTS}",
        error=error,
    )
