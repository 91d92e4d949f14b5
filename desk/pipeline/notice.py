"""Notice: advance the detectors over the counts; and write down what can be seen at all."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analysis import volume
from analysis.detector import Arrays, Detector, UnreadableStateError, dump, untold
from analysis.walked import walk
from crawlers.health import health_now
from desk.pipeline.blind import tell_blind
from desk.pipeline.observing import known_brands, note_observed
from desk.pipeline.parts import Brand, Parts
from wanglou.domain.person import HOUSE
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass, SourceHealth, SourceSpec
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, WATERMARK, ExposureRow, Series, VolumeRow, bucket_of
from wanglou.ports import Checkpoint, UnitOfWork

log = logging.getLogger(__name__)

MEMORY = timedelta(days=15)
"""How far back detectors are rebuilt from counts: their own memory is two weeks."""

WATCHED = "watched_at"
"""When a worker last looked around, in the database's own notes."""

CHECKPOINT_EVERY = timedelta(hours=1)
KEEP_CHECKPOINTS = timedelta(hours=48)


def watch(parts: Parts, now: datetime) -> None:
    """Notice sources whose round is overdue, tell of blind ones, write down what share of each class sees."""
    with parts.storage.begin() as uow:
        health = uow.sources.health()
        for spec in parts.config.sources.values():
            if spec.id in health and (after := health_now(health[spec.id], spec, now)) != health[spec.id]:
                health[spec.id] = after
                uow.sources.save_health(after)
                uow.changes.note(HOUSE, "source", spec.id, now)
        uow.volumes.add_exposure(_slept(parts, uow.meta.get(WATCHED), now))
        uow.volumes.add_exposure(exposure(parts.config.sources.values(), health, bucket_of(now)))
        uow.meta.set(WATCHED, now.isoformat())
        tell_blind(parts, uow, health, now)
        uow.commit()


def _slept(parts: Parts, watched: str | None, now: datetime) -> list[ExposureRow]:
    """Nobody saw anything while no worker ran: without these rows its silence would count as true zeros."""
    if watched is None:
        return []
    classes = sorted({spec.source_class for spec in parts.config.sources.values()})
    start = max(bucket_of(datetime.fromisoformat(watched)), bucket_of(now - MEMORY)) + BUCKET
    rows = []
    while start < bucket_of(now):
        rows += [ExposureRow(source_class, start, 0.0) for source_class in classes]
        start += BUCKET
    return rows


def exposure(
    specs: Iterable[SourceSpec], health: Mapping[str, SourceHealth], start: datetime
) -> list[ExposureRow]:
    """The share of each class's sources that see, for one bucket, by class.

    A source nobody has looked at yet sees nothing.
    """
    sees: dict[SourceClass, list[bool]] = defaultdict(list)
    for spec in specs:
        known = health.get(spec.id)
        sees[spec.source_class].append(known is not None and known.state.sees)
    return [ExposureRow(c, start, sum(eyes) / len(eyes)) for c, eyes in sorted(sees.items())]


def notice(parts: Parts, now: datetime) -> list[Signal]:
    """Advance every detector over the counts since its checkpoint; return signals that are new.

    Nothing is written where nothing stood out, no checkpoint is due and of no young brand more was observed:
    this runs every second.
    """
    until = bucket_of(now) + BUCKET
    with parts.storage.look() as uow:
        latest = uow.detectors.latest_of([d.kind for d in parts.detectors])
        remembered = {d.kind: _remembered(parts, uow, d, latest.get(d.kind), now) for d in parts.detectors}
        span = Span(min(begun.since for begun in remembered.values()), until)
        rows, seen = uow.volumes.between(span), uow.volumes.exposure_between(span)
        known = known_brands(parts, uow, rows, seen, now)
    closed = bucket_of(now - WATERMARK)
    laid = volume.buckets(rows, seen, span, closed, _series(parts, rows))
    laid = volume.known_since(laid, {brand: o.since for brand, o in known.items()})
    laid = volume.with_plans(volume.with_totals(laid), parts.config.clients.values())
    looks = []
    for detector in parts.detectors:
        begun = remembered[detector.kind]
        # Detectors pass over buckets that their state has closed already.
        walked = walk(detector, begun.state, laid, now, parts.memory.walked.pop(detector.kind, None))
        if walked.is_short:
            parts.memory.walked[detector.kind] = walked
        looks.append(_Look(detector.kind, begun.since, walked.state, list(walked.found)))
    note_observed(parts, known, [look.state for look in looks])
    return _store(parts, looks, closed)


@dataclass(frozen=True, slots=True)
class _Known:
    """A detector's state after all buckets that start before ``since``."""

    since: datetime
    state: Arrays


@dataclass(frozen=True, slots=True)
class _Look:
    """What one detector made of the counts."""

    kind: str
    since: datetime
    state: Arrays
    found: list[Signal]

    def is_due(self, closed: datetime) -> bool:
        """Whether enough history closed for a new checkpoint."""
        return closed - self.since >= CHECKPOINT_EVERY


def _store(parts: Parts, looks: Sequence[_Look], closed: datetime) -> list[Signal]:
    if not any(look.found or look.is_due(closed) for look in looks):
        return []
    with parts.storage.begin() as uow:
        added = [s for look in looks for s in uow.signals.add(untold(look.found, _told(uow, look.found)))]
        for look in looks:
            if look.is_due(closed):
                checkpoint = Checkpoint(look.kind, closed, dump(look.state))
                uow.detectors.save(checkpoint)
                uow.detectors.prune(closed - KEEP_CHECKPOINTS)
                parts.memory.states.keep(checkpoint, look.state)
        uow.commit()
    return added


def _remembered(
    parts: Parts, uow: UnitOfWork, detector: Detector, checkpoint: Checkpoint | None, now: datetime
) -> _Known:
    """The newest checkpoint's time and state; without one, a blank state where memory begins.

    That is at the first count, or where somebody first watched: hours without a word are known too.
    """
    if checkpoint is not None:
        try:
            return _Known(checkpoint.through, parts.memory.states.state_of(checkpoint))
        except UnreadableStateError:
            log.exception("detector %s is rebuilt from the counts", detector.kind)
    memory = Span(bucket_of(now - MEMORY), bucket_of(now) + BUCKET)
    rows, seen = uow.volumes.between(memory), uow.volumes.exposure_between(memory)
    starts = [row.start for row in rows[:1]] + [row.start for row in seen[:1]]
    return _Known(min(starts, default=bucket_of(now)), detector.start())


def _told(uow: UnitOfWork, found: Sequence[Signal]) -> list[Signal]:
    """What was already said about the same brands around the same time."""
    earliest: dict[Brand, datetime] = {}
    for signal in found:
        brand = (signal.client, signal.brand)
        earliest[brand] = min(signal.at, earliest.get(brand, signal.at))
    return [
        told
        for brand, at in sorted(earliest.items())
        for told in uow.signals.recent(*brand, at - timedelta(days=1))
    ]


def _series(parts: Parts, rows: Iterable[VolumeRow]) -> list[Series]:
    """Every series that is watched, silent ones too: a first crisis must not meet an unknown series."""
    others = {row.series for row in rows} - parts.watched.keys()
    return sorted([*parts.watched, *others]) if others else [*parts.watched]
