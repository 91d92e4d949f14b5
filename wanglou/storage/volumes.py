"""Counts per series and bucket, and sums over a brand's mentions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    select,
)

from wanglou.domain.mention import Sentiment
from wanglou.domain.source import SourceClass
from wanglou.domain.span import Span
from wanglou.domain.volume import ExposureRow, Observed, Series, VolumeRow
from wanglou.ports import BrandTotals
from wanglou.storage import tables
from wanglou.storage.upserts import add_up, keep_last

_volume, _exposure, _mention = tables.volume.c, tables.exposure.c, tables.mention.c

ADD = add_up(tables.volume, ["mentions", "voices", "negatives", "reach"])
ADD_HOURS = add_up(tables.volume_hour, ["mentions", "voices", "negatives"])
PRUNE_EXPOSURE = delete(tables.exposure).where(_exposure.start < bindparam("before"))
SET_EXPOSURE = keep_last(tables.exposure)
OBSERVED = select(tables.observed)
SET_OBSERVED = keep_last(tables.observed)

BETWEEN = (
    select(tables.volume)
    .where(_volume.start >= bindparam("since"), _volume.start < bindparam("until"))
    .order_by(_volume.start, _volume.client, _volume.brand, _volume.source_class)
)
EXPOSURE_BETWEEN = (
    select(tables.exposure)
    .where(_exposure.start >= bindparam("since"), _exposure.start < bindparam("until"))
    .order_by(_exposure.start, _exposure.source_class)
)

_PUBLISHED = (
    _mention.client == bindparam("client"),
    _mention.brand == bindparam("brand"),
    _mention.at >= bindparam("since"),
    _mention.at < bindparam("until"),
    _mention.published_at.is_not(None),
    _mention.void.is_(False),
)
_IS_NEGATIVE_VOICE = _mention.voice & (_mention.label == Sentiment.NEG.value)
FIRST = select(func.min(_mention.published_at)).where(*_PUBLISHED, _mention.voice)


@lru_cache(maxsize=16)
def _totals(spans: int) -> Select[Any]:
    """For each list of topics of negative voices, and for all other mentions, the sums in so many spans.

    One walk through the mentions of the longest serves all of them. By topics, as they are stored.
    """
    of = (
        select(
            _mention.at,
            _mention.voice.cast(Integer).label("voice"),
            case((_IS_NEGATIVE_VOICE, 1), else_=0).label("negative"),
            _mention.reach,
            case((_IS_NEGATIVE_VOICE, _mention.topics)).label("topics"),
        )
        .where(*_PUBLISHED)
        .subquery()
    )
    sums = [
        func.coalesce(func.sum(case((_within(of.c.at, n), counted), else_=0)), 0)
        for n in range(spans)
        for counted in (1, of.c.voice, of.c.negative, of.c.reach)
    ]
    return select(of.c.topics, *sums).group_by(of.c.topics).order_by(of.c.topics)


def _within(at: ColumnElement[Any], span: int) -> ColumnElement[bool]:
    return (at >= bindparam(f"since_{span}", type_=at.type)) & (
        at < bindparam(f"until_{span}", type_=at.type)
    )


@dataclass(frozen=True, slots=True)
class SqlVolumes:
    """The ``Volumes`` port over one connection."""

    connection: Connection

    def add(self, rows: Sequence[VolumeRow]) -> None:
        """Add these counts to the buckets, and to the hours kept for the board."""
        if rows:
            self.connection.execute(ADD.on(self.connection), _buckets(rows))
            self.connection.execute(ADD_HOURS.on(self.connection), _hours(rows))

    def between(self, span: Span) -> list[VolumeRow]:
        """Rows whose bucket starts in ``span``, by start, then series."""
        rows = self.connection.execute(BETWEEN, {"since": span.since, "until": span.until})
        return [volume_of(row) for row in rows]

    def totals(self, client: str, brand: str, span: Span) -> BrandTotals:
        """Sums over the brand's mentions published in ``span``; undated ones are not among them."""
        return self.totals_in(client, brand, [span])[0]

    def totals_in(self, client: str, brand: str, spans: Sequence[Span]) -> list[BrandTotals]:
        """The same for several spans, in their order."""
        whole = Span(min(s.since for s in spans), max(s.until for s in spans))
        of: dict[str, Any] = {"client": client, "brand": brand, "since": whole.since, "until": whole.until}
        for n, span in enumerate(spans):
            of |= {f"since_{n}": span.since, f"until_{n}": span.until}
        groups = [(row[0], row[1:]) for row in self.connection.execute(_totals(len(spans)), of)]
        return [
            _sum_of([(topics, sums[4 * n : 4 * n + 4]) for topics, sums in groups]) for n in range(len(spans))
        ]

    def first(self, series: Series, span: Span, *, negative: bool) -> datetime | None:
        """When the first of the series' voices (of its negative ones) in ``span`` was published."""
        of = {"client": series.client, "brand": series.brand, "since": span.since, "until": span.until}
        query = FIRST.where(_IS_NEGATIVE_VOICE) if negative else FIRST
        if series.source_class is not None:
            query = query.where(_mention.source_class == series.source_class.value)
        found: datetime | None = self.connection.execute(query, of).scalar()
        return found

    def add_exposure(self, rows: Sequence[ExposureRow]) -> None:
        """Set the exposure of class and bucket; the later word wins."""
        values = [
            {"start": row.start, "source_class": row.source_class.value, "share": row.share} for row in rows
        ]
        if values:
            self.connection.execute(SET_EXPOSURE.on(self.connection), values)

    def prune_exposure(self, before: datetime) -> None:
        """Forget the exposure of buckets that start before ``before``."""
        self.connection.execute(PRUNE_EXPOSURE, {"before": before})

    def exposure_between(self, span: Span) -> list[ExposureRow]:
        """Rows whose bucket starts in ``span``, by start, then class."""
        rows = self.connection.execute(EXPOSURE_BETWEEN, {"since": span.since, "until": span.until})
        return [ExposureRow(SourceClass(row.source_class), row.start, row.share) for row in rows]

    def observed(self) -> list[Observed]:
        """How much of each brand was observed, in no order."""
        return [Observed(*row) for row in self.connection.execute(OBSERVED)]

    def set_observed(self, rows: Sequence[Observed]) -> None:
        """Set it of these brands; the later word wins."""
        if rows:
            self.connection.execute(SET_OBSERVED.on(self.connection), [asdict(row) for row in rows])


def _sum_of(groups: Sequence[tuple[Sequence[str] | None, Sequence[int]]]) -> BrandTotals:
    """Mentions, voices, negatives and reach of each group, added up."""
    topics: Counter[str] = Counter()
    for named, (_, _, negatives, _) in groups:
        if named and negatives:
            topics.update(dict.fromkeys(named, int(negatives)))
    # PostgreSQL sums big integers to a decimal
    mentions, voices, negatives, reach = (sum(int(sums[n]) for _, sums in groups) for n in range(4))
    return BrandTotals(mentions, voices, negatives, reach, dict(topics))


def volume_of(row: Row[Any]) -> VolumeRow:
    """One series in one bucket."""
    series = Series(row.client, row.brand, SourceClass(row.source_class))
    return VolumeRow(series, row.start, row.mentions, row.voices, row.negatives, row.reach)


def hour_of(moment: datetime) -> datetime:
    """The start of the hour (UTC) that holds ``moment``."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _buckets(rows: Iterable[VolumeRow]) -> list[dict[str, Any]]:
    """The rows as columns, in key order so that two writers never wait for each other crosswise."""
    ordered = sorted(rows, key=lambda row: (row.start, row.series))
    return [
        {
            "start": row.start,
            "client": row.series.client,
            "brand": row.series.brand,
            "source_class": _class_of(row),
            "mentions": row.mentions,
            "voices": row.voices,
            "negatives": row.negatives,
            "reach": row.reach,
        }
        for row in ordered
    ]


def _class_of(row: VolumeRow) -> str:
    """The class counted apart; a brand's sum over classes is never stored: it would count twice."""
    if row.series.source_class is None:
        raise ValueError(f"storing counts of {row.series}: it is a sum over classes; store its classes")
    return row.series.source_class.value


def _hours(rows: Iterable[VolumeRow]) -> list[dict[str, Any]]:
    """The same counts by brand and hour, in key order."""
    sums: Counter[tuple[str, str, datetime, str]] = Counter()
    for row in rows:
        place = (row.series.client, row.series.brand, hour_of(row.start))
        sums[(*place, "mentions")] += row.mentions
        sums[(*place, "voices")] += row.voices
        sums[(*place, "negatives")] += row.negatives
    places = sorted({(client, brand, start) for client, brand, start, _ in sums})
    return [
        {
            "client": client,
            "brand": brand,
            "start": start,
            "mentions": sums[client, brand, start, "mentions"],
            "voices": sums[client, brand, start, "voices"],
            "negatives": sums[client, brand, start, "negatives"],
        }
        for client, brand, start in places
    ]
