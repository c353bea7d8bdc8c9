"""The search for cycles rests while work goes on, and is afterwards as it was."""

from __future__ import annotations

import gc

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils.garbage import uncollected


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_looked_for_afterwards_as_before(*, enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with pytest.raises(ValueError, match="out"), uncollected():
            assert not gc.isenabled()
            raise ValueError("out")
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
