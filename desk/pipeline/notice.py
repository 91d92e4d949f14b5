"""Notice: advance the detectors over the counts; and write down what can be seen at all."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from analysis import volume
from analysis.detector import Arrays, Detector, UnreadableStateError, dump, load, untold
from crawlers.health import health_now
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

CHECKPOINT_EVERY = timedelta(hours=1)
KEEP_CHECKPOINTS = timedelta(hours=48)


def watch(parts: Parts, now: datetime) -> None:
    """Notice sources whose round is overdue, and write down what share of each class can be seen now."""
    with parts.storage.begin() as uow:
        health = uow.sources.health()
        for spec in parts.config.sources.values():
            if spec.id in health and (after := health_now(health[spec.id], spec, now)) != health[spec.id]:
                health[spec.id] = after
                uow.sources.save_health(after)
                uow.changes.note(HOUSE, "source", spec.id, now)
        uow.volumes.add_exposure(exposure(parts.config.sources.values(), health, bucket_of(now)))
        uow.commit()


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
    """Advance every detector over the counts since its checkpoint; return signals that are new."""
    return [signal for detector in parts.detectors for signal in _advance(parts, detector, now)]


def _advance(parts: Parts, detector: Detector, now: datetime) -> list[Signal]:
    since, state = _remembered(parts, detector, now)
    span = Span(since, bucket_of(now) + BUCKET)
    with parts.storage.look() as uow:
        rows, seen = uow.volumes.between(span), uow.volumes.exposure_between(span)
    closed = bucket_of(now - WATERMARK)
    laid = volume.buckets(rows, seen, span, closed, _series(parts, rows))
    state, found = detector.advance(state, volume.with_totals(laid), now)
    with parts.storage.begin() as uow:
        added = uow.signals.add(untold(found, _told(uow, found)))
        if closed - since >= CHECKPOINT_EVERY:
            checkpoint = Checkpoint(detector.kind, closed, dump(state))
            uow.detectors.save(checkpoint)
            uow.detectors.prune(closed - KEEP_CHECKPOINTS)
            parts.memory.states[detector.kind] = (checkpoint, state)
        uow.commit()
    return added


def _remembered(parts: Parts, detector: Detector, now: datetime) -> tuple[datetime, Arrays]:
    """The newest checkpoint's time and state; without one, a blank state at the first count in memory."""
    with parts.storage.look() as uow:
        checkpoint = uow.detectors.latest(detector.kind)
        if checkpoint is None:
            rows = uow.volumes.between(Span(bucket_of(now - MEMORY), bucket_of(now) + BUCKET))
            return (rows[0].start if rows else bucket_of(now)), detector.start()
    cached = parts.memory.states.get(detector.kind)
    if cached and cached[0] == checkpoint:
        return checkpoint.through, cached[1]
    try:
        return checkpoint.through, load(checkpoint.state)
    except UnreadableStateError:
        log.exception("detector %s is rebuilt from the counts", detector.kind)
        with parts.storage.begin() as uow:
            uow.detectors.rewind(bucket_of(now - MEMORY))
            uow.commit()
        return _remembered(parts, detector, now)


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
    classes = {spec.source_class for spec in parts.config.sources.values()}
    watched = {
        Series(client.id, brand.name, source_class)
        for client in parts.config.clients.values()
        for brand in client.brands
        for source_class in classes
    }
    return sorted(watched | {row.series for row in rows})
