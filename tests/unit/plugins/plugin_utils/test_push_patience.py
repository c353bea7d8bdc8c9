"""For how long a push is tried again: races are lost and won, a lock that stays is told."""

from __future__ import annotations

import pytest
from ansible_collections.netcellar.backup.plugins.plugin_utils import push
from ansible_collections.netcellar.backup.plugins.plugin_utils.push import LOCKED_SECONDS, RACE_SECONDS, Patience

RACE = " ! [rejected] x -> main (fetch first)"
MOVED = "remote: error: cannot lock ref 'refs/heads/main': is at 1a2b3c but expected 4d5e6f"
LOCKED = "remote: error: Unable to create '/r/refs/heads/main.lock': File exists."


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(push, "time", made)
    return made


@pytest.mark.parametrize("words", [RACE, MOVED])
def test_a_race_is_run_again_for_minutes(clock: Clock, words: str) -> None:
    patience = Patience()
    clock.now += RACE_SECONDS - 1
    assert patience.holds(words)
    clock.now += 2
    assert not patience.holds(words)


def test_a_lock_that_stays_is_waited_for_some_seconds(clock: Clock) -> None:
    patience = Patience()
    assert patience.holds(LOCKED)
    clock.now += LOCKED_SECONDS + 1
    assert not patience.holds(LOCKED)


def test_a_lock_after_a_long_race_is_no_lock_that_stays(clock: Clock) -> None:
    patience = Patience()
    for _ in range(3):
        assert patience.holds(RACE)
        clock.now += LOCKED_SECONDS
        assert patience.holds(LOCKED)
        clock.now += LOCKED_SECONDS / 2


def test_what_a_server_forbids_is_asked_once(clock: Clock) -> None:
    assert not Patience().holds("remote: error: GH006: Protected branch update failed\n" + RACE)
    assert not Patience().holds("fatal: repository '/gone' does not exist")
    assert clock.now == 1000.0
