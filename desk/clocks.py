"""The clocks the desk runs on: the wall's, and one that is set by hand."""

from datetime import UTC, datetime, timedelta


class WallClock:
    """Real time."""

    def now(self) -> datetime:
        """This instant, aware UTC."""
        return datetime.now(UTC)  # noqa: TID251 -- the one place that reads the wall clock


class SimulatedClock:
    """Time that moves only when told to: replay, tests and drills."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError(f"a simulated clock needs a time with a zone, not {start.isoformat()}")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it stands at, aware UTC."""
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move on; time never runs backwards."""
        if by < timedelta(0):
            raise ValueError(f"time cannot run backwards by {by}")
        self._now += by
        return self._now

    def set(self, moment: datetime) -> datetime:
        """Move on to ``moment``; an earlier one leaves the clock where it is."""
        self._now = max(self._now, moment.astimezone(UTC))
        return self._now
