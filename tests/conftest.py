"""What every tier of the tests may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from tests.databases import new_postgres, open_stores, postgres, store, store_url
from tests.endpoint import endpoint

OpenLab = Callable[..., Lab]


@pytest.fixture
def lab() -> Iterator[OpenLab]:
    """``lab(LabDevice(...), ...)`` starts a laboratory of those devices, which ends with the test."""
    with ExitStack() as stack:
        yield lambda *devices: stack.enter_context(Lab(devices))


__all__ = ["LabDevice", "OpenLab", "endpoint", "lab", "new_postgres", "open_stores", "postgres", "store", "store_url"]
