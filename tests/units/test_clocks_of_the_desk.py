from datetime import UTC, datetime, timedelta

import pytest

from desk.clocks import SimulatedClock, WallClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_wall_clock_is_aware_utc_and_does_not_run_backwards() -> None:
    first, second = WallClock().now(), WallClock().now()
    assert first.tzinfo is UTC
    assert second >= first


def test_a_simulated_clock_stands_still_until_moved() -> None:
    clock = SimulatedClock(NOON)
    assert clock.now() == clock.now() == NOON
    assert clock.advance(timedelta(minutes=30)) == NOON + timedelta(minutes=30)


def test_a_simulated_clock_refuses_to_run_backwards() -> None:
    clock = SimulatedClock(NOON)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(timedelta(seconds=-1))
    assert clock.set(NOON - timedelta(days=1)) == NOON


def test_a_simulated_clock_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        SimulatedClock(datetime(2026, 3, 2, 12))  # noqa: DTZ001 -- the mistake under test
