"""How much is said: mentions into counts, counts into the arrays detectors look at."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.detector import ENOUGH_EXPOSURE, Buckets
from wanglou.domain.client import Client
from wanglou.domain.mention import Mention, Sentiment
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.volume import BUCKET, ExposureRow, Series, VolumeRow, bucket_of


def count(mentions: Sequence[Mention]) -> list[VolumeRow]:
    """Count mentions per series and bucket of publication, by start, then series.

    Copies add reach, not voices. An undated mention counts toward no bucket, one that is void toward nothing.
    """
    rows: dict[tuple[datetime, Series], VolumeRow] = {}
    for mention in mentions:
        if mention.published_at is None or mention.void:
            continue
        start = bucket_of(mention.published_at)
        series = Series(mention.client, mention.brand, mention.source_class)
        row = rows.get((start, series)) or VolumeRow(series, start, 0, 0, 0, 0)
        rows[start, series] = _plus(row, mention)
    return [rows[key] for key in sorted(rows)]


def _plus(row: VolumeRow, mention: Mention) -> VolumeRow:
    negative = mention.voice and mention.reading.label is Sentiment.NEG
    return replace(
        row,
        mentions=row.mentions + 1,
        voices=row.voices + mention.voice,
        negatives=row.negatives + negative,
        reach=row.reach + mention.reach,
    )


def buckets(
    rows: Iterable[VolumeRow],
    exposure: Iterable[ExposureRow],
    span: Span,
    closed_through: datetime,
    series: Sequence[Series],
) -> Buckets:
    """Lay counts out for detectors: one line per series, one column per bucket that starts in ``span``.

    Name every series that is watched, silent ones too: a detector stays quiet for the first 12 hours of a
    series it has never met, so a brand's first crisis would pass unseen. Buckets that start before
    ``closed_through`` are closed. A bucket without a row is a true zero. A bucket without an exposure
    row counts as fully seen: imported history has none, so whoever was blind must say so. Counts are
    divided by the exposure from ``ENOUGH_EXPOSURE`` up; below it a zero becomes NaN, while mentions that
    were seen all the same stand as they are, a lower bound.
    """
    starts = _starts(span)
    shares = _shares(exposure, starts)
    full = np.ones(len(starts))
    seen = np.array([shares.get(s.source_class, full) for s in series]).reshape(len(series), len(starts))
    voices, negatives, reach = _counts(rows, starts, series)
    blind = (seen < ENOUGH_EXPOSURE) & (voices == 0) & (reach == 0)
    scale = np.where(blind, np.nan, np.where(seen < ENOUGH_EXPOSURE, 1.0, seen))
    closed = sum(start < closed_through for start in starts)
    return Buckets(
        tuple(series), starts, voices / scale, negatives / scale, reach / scale, exposure=seen, closed=closed
    )


def known_since(parts: Buckets, since: Mapping[tuple[str, str], datetime]) -> Buckets:
    """Leave unobserved what lies before the bucket in ``since`` from which a (client, brand) is known.

    Of a brand that is new nobody knows what was said before, however long others have been watched. What was
    seen all the same stands as it is, a lower bound.
    """
    if not parts.starts or max(since.values(), default=parts.starts[0]) <= parts.starts[0]:
        return parts
    unknown = np.zeros(parts.voices.shape, dtype=np.bool_)
    for line, s in enumerate(parts.series):
        begins = since.get((s.client, s.brand), parts.starts[0])
        unknown[line, : bisect_left(parts.starts, begins)] = True
    blind = unknown & (parts.voices == 0) & (parts.reach == 0)
    return replace(
        parts,
        voices=np.where(blind, np.nan, parts.voices),
        negatives=np.where(blind, np.nan, parts.negatives),
        reach=np.where(blind, np.nan, parts.reach),
        exposure=np.where(unknown, 0.0, parts.exposure),
    )


def with_totals(parts: Buckets) -> Buckets:
    """Add one series per brand, the sum over its classes (``source_class`` None).

    Trouble spread thinly over many kinds of place shows only there. A bucket of the sum is not observed
    only where no class was; its exposure is the classes' mean.
    """
    groups: dict[Series, list[int]] = defaultdict(list)
    for i, s in enumerate(parts.series):
        groups[Series(s.client, s.brand, None)].append(i)
    whole = {brand: lines for brand, lines in groups.items() if len(lines) > 1}
    if not whole:
        return parts
    sizes = np.array([len(lines) for lines in whole.values()])
    order = np.concatenate([np.array(lines, dtype=np.intp) for lines in whole.values()])
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])  # where each brand's lines begin in that order
    means = np.add.reduceat(parts.exposure[order], begins, axis=0) / sizes[:, None]
    return replace(
        parts,
        series=(*parts.series, *whole),
        voices=_with_sums(parts.voices, order, begins),
        negatives=_with_sums(parts.negatives, order, begins),
        reach=_with_sums(parts.reach, order, begins),
        exposure=np.vstack([parts.exposure, means]),
    )


def with_plans(parts: Buckets, clients: Iterable[Client]) -> Buckets:
    """Say where campaigns lead us to expect more than usual; of several at a time the largest counts."""
    campaigns = [(client.id, campaign) for client in clients for campaign in client.campaigns]
    starts = np.array([start.timestamp() for start in parts.starts])
    planned = np.ones((len(parts.series), len(parts.starts)))
    for client, campaign in campaigns:
        within = (starts >= campaign.since.timestamp()) & (starts < campaign.until.timestamp())
        if within.any():
            factor = np.where(within, campaign.factor, 1.0)
            for line, s in enumerate(parts.series):
                if s.client == client and s.brand in campaign.brands:
                    planned[line] = np.maximum(planned[line], factor)
    return replace(parts, planned=planned) if (planned > 1.0).any() else parts


def brand_totals(rows: Iterable[VolumeRow]) -> dict[tuple[str, str], VolumeRow]:
    """(client, brand) → the sum of its rows over classes and buckets, dated by the earliest bucket."""
    sums: dict[tuple[str, str], VolumeRow] = {}
    for row in rows:
        brand = (row.series.client, row.series.brand)
        whole = sums.get(brand) or VolumeRow(Series(*brand, None), row.start, 0, 0, 0, 0)
        sums[brand] = VolumeRow(
            whole.series,
            min(whole.start, row.start),
            whole.mentions + row.mentions,
            whole.voices + row.voices,
            whole.negatives + row.negatives,
            whole.reach + row.reach,
        )
    return sums


def _starts(span: Span) -> tuple[datetime, ...]:
    first = bucket_of(span.since)
    if first < span.since:
        first += BUCKET
    steps = max(0, -((first - span.until) // BUCKET))
    return tuple(first + BUCKET * i for i in range(steps))


def _shares(
    exposure: Iterable[ExposureRow], starts: Sequence[datetime]
) -> dict[SourceClass | None, NDArray[np.float64]]:
    column = {start: j for j, start in enumerate(starts)}
    shares: dict[SourceClass | None, NDArray[np.float64]] = {}
    for row in exposure:
        if row.start in column:
            line = shares.setdefault(row.source_class, np.ones(len(starts)))
            line[column[row.start]] = row.share
    return shares


def _counts(
    rows: Iterable[VolumeRow], starts: Sequence[datetime], series: Sequence[Series]
) -> NDArray[np.float64]:
    column = {start: j for j, start in enumerate(starts)}
    line = {s: i for i, s in enumerate(series)}
    counts = np.zeros((3, len(series), len(starts)))
    for row in rows:
        i, j = line.get(row.series), column.get(row.start)
        if i is not None and j is not None:
            counts[:, i, j] += (row.voices, row.negatives, row.reach)
    return counts


def _with_sums(
    values: NDArray[np.float64], order: NDArray[np.intp], begins: NDArray[np.intp]
) -> NDArray[np.float64]:
    """All brands in one go: a worker looks every second, and a loop over brands took longer than the rest."""
    part = values[order]
    known = ~np.isnan(part)
    sums = np.add.reduceat(np.where(known, part, 0.0), begins, axis=0)
    seen = np.logical_or.reduceat(known, begins, axis=0)
    return np.vstack([values, np.where(seen, sums, np.nan)])
