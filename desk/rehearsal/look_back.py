"""Tries the rehearsal's rules on what it has stored, for the page 回测: the desk's own backtest, no less.

It runs as ``python -m desk.rehearsal.look_back CONFIG DATA LIBRARY``, a process of its own, so that neither
the town nor the desk waits for it.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from analysis.model import load_weights
from desk.backtesting.reporting import Asked, Tried, report
from desk.backtesting.result import Past
from desk.backtesting.saved import Shelf
from desk.backtesting.scoring import Margins
from desk.clocks import WallClock
from desk.recorded import Sighting
from desk.replaying import fully_seen
from desk.supervisor import end_with_parent
from desk.wiring.backtest import StoredHistory, isolated_run, stored_history
from desk.wiring.shared import Place, read_config
from wanglou.domain.item import Item
from wanglou.domain.person import Access
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, ExposureRow

CONFIG_NAME = "config"
LATER = timedelta(hours=1)
"""What is found so long after it was published was found by looking back, not by watching."""

SPAN = timedelta(days=7)
"""How much of the two weeks is looked at: enough for usual levels and figures a week means something in."""

BEHIND = 15
"""How nice it is to all others: a look takes some half minute of a core."""

OURS = Access("demo", None)


@dataclass(frozen=True, slots=True)
class Lived:
    """Stored history in which two weeks of talk that came in at once are seen when they were published."""

    stored: StoredHistory

    @property
    def sources(self) -> Mapping[str, Item]:
        """The config names them all."""
        return self.stored.sources

    def bounds(self) -> Span | None:
        """From the first thing published, at most ``SPAN`` back, to after the last sighting."""
        known = self.stored.bounds()
        if known is None:
            return None
        until = known.until + BUCKET
        return Span(max(until - SPAN, min(s.visible_at for s in self._all(known))), until)

    def sightings(self, span: Span) -> Iterator[Sighting]:
        """What could be seen in ``span``, oldest first."""
        known = self.stored.bounds()
        seen = sorted(self._all(known), key=lambda s: (s.visible_at, s.item.key)) if known else []
        return (s for s in seen if s.visible_at in span)

    def exposure(self, span: Span) -> Sequence[ExposureRow]:
        """The town stood open all the while."""
        return fully_seen(span)

    def past(self, access: Access, span: Span) -> list[Past]:
        """The incidents the rehearsal's desk has opened."""
        return self.stored.past(access, span)

    def _all(self, known: Span) -> Iterator[Sighting]:
        for sighting in self.stored.sightings(known):
            published = sighting.item.published_at
            came_late = published is not None and sighting.visible_at - published > LATER
            yield Sighting(published, sighting.item) if published and came_late else sighting


def look_back(place: Place, now: datetime) -> str:
    """Keep what the rules tell of all the rehearsal knows; return the run's name. Raises StorageError."""
    config = read_config(place)
    with stored_history(place) as stored:
        history = Lived(stored)
        known = history.bounds()
        if known is None:
            return ""
        past = history.past(OURS, known)  # before the run: what opens meanwhile lies behind its end
        asked = Asked(known, known, "", now, forgets=False, margins=Margins())
        with isolated_run(config, place.library, history.sources, lambda _: None, load_weights()) as run:
            played = run.over(history, known, run.accounts())
            tried = Tried(CONFIG_NAME, config, played, run.parts.reader.version)
        return Shelf(place.data).keep(report(asked, past, tried))


def main() -> None:
    """Read the three folders and do it, behind everybody else."""
    end_with_parent(os.environ)
    os.nice(BEHIND)
    config, data, library = (Path(argument) for argument in sys.argv[1:4])
    look_back(Place(config, data, library), WallClock().now())


if __name__ == "__main__":
    main()
