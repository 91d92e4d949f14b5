"""Builds what a backtest runs on: history opened to be read only, and a desk that can tell nobody."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from analysis.model import Weights
from desk.backtesting.history import Recording
from desk.backtesting.result import Past, Standing
from desk.backtesting.running import Recorder, Run
from desk.clocks import SimulatedClock
from desk.recorded import BadRecordError, Sighting, Sorted, files_of, in_order, recorded
from desk.replaying import with_sources
from desk.wiring.shared import Place, channel_kinds
from desk.wiring.worker import worker_parts
from wanglou.domain.agency import Config
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.item import Item
from wanglou.domain.person import Access
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, ExposureRow
from wanglou.storage.engine import DATABASE_FILE, open_to_look
from wanglou.storage.history import SqlHistory
from wanglou.storage.scratch import scratch_storage

DUPLICATE = "duplicate"
"""The one reason of a dismissal that does not say "this was nothing"."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a simulated clock stands until history sets it."""


@dataclass(frozen=True, slots=True)
class StoredHistory:
    """The history of a running desk's database."""

    rows: SqlHistory
    sources: Mapping[str, Item] = field(default_factory=dict)

    def bounds(self) -> Span | None:
        """From the first sighting to after the last."""
        return self.rows.bounds()

    def sightings(self, span: Span) -> Iterator[Sighting]:
        """What could be seen in ``span``, oldest first."""
        return (Sighting(at, item) for at, item in self.rows.sightings(span))

    def exposure(self, span: Span) -> Sequence[ExposureRow]:
        """What was written down then."""
        return self.rows.exposure(span)

    def past(self, access: Access, span: Span) -> list[Past]:
        """The clients' incidents, with what people made of each.

        What happened before ``span`` and was told within it, as with posts found late, counts from its start.
        """
        past = [self._past(incident) for incident in self.rows.incidents(access, span)]
        return [replace(p, onset=max(p.onset, span.since)) for p in past]

    def _past(self, incident: Incident) -> Past:
        return Past(
            client=incident.client,
            brand=incident.brand,
            topic=incident.topic,
            onset=incident.happened_at,
            told=incident.opened_at,
            ended=incident.ended_at,
            name=incident.id,
            number=incident.number,
            standing=self._standing(incident),
        )

    def _standing(self, incident: Incident) -> Standing:
        if incident.state is IncidentState.MERGED:
            return Standing.PART
        if incident.state is IncidentState.DISMISSED:
            again = self.rows.dismissal(incident.id) == DUPLICATE
            return Standing.PART if again else Standing.DISMISSED
        return Standing.REAL


@contextmanager
def stored_history(place: Place) -> Iterator[StoredHistory]:
    """The database of ``place``, which nothing here can write to. Raises StorageError."""
    storage = open_to_look(place.database)
    try:
        yield StoredHistory(SqlHistory(storage))
    finally:
        storage.close()


@contextmanager
def recording(streams: Sequence[Path]) -> Iterator[tuple[Recording, Sequence[BadRecordError]]]:
    """Recorded files in order, and the lines of them that cannot be used. Raises BadRecordError."""
    with tempfile.TemporaryDirectory(prefix="wanglou-history-") as folder:
        found = in_order(files_of(streams), Path(folder))
        yield Recording(found.files, found.sources, _span_of(found)), found.refused


def _span_of(found: Sorted) -> Span | None:
    first = last = None
    for sighting in recorded(found.files):
        first, last = first or sighting.visible_at, sighting.visible_at
    return Span(first, last + BUCKET) if first and last else None


@contextmanager
def isolated_run(
    config: Config,
    library: Path,
    sources: Mapping[str, Item],
    progress: Callable[[datetime], None],
    weights: Weights | None = None,
) -> Iterator[Run]:
    """A desk of ``config`` in a folder that goes when the block ends; its channels only write down.

    It reads with ``weights``, as shipped if none are given.
    Raises StorageError, WiringError.
    """
    with tempfile.TemporaryDirectory(prefix="wanglou-backtest-") as folder:
        place = Place(Path(folder), Path(folder), library)
        whole, clock = with_sources(config, sources.values()), SimulatedClock(LONG_AGO)
        storage = scratch_storage(
            place.data / DATABASE_FILE
        )  # by its path: WANGLOU_DATABASE names the real one
        recorders = [Recorder(kind) for kind in channel_kinds(config)]
        notifiers = {recorder.kind: recorder for recorder in recorders}
        try:
            parts = worker_parts(whole, place, storage, clock, notifiers, rehearsal=False, weights=weights)
            yield Run(parts, clock, recorders, progress)
        finally:
            storage.close()
