"""Charts as numbers that a template draws: places in per cent, paths, ticks. Colours are classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wanglou.ports import TilePoint

_HOUR = timedelta(hours=1)
_LEAST_TOP = 4.0
"""The lowest top of an axis: three mentions an hour must not look like a mountain."""

_NICE = (1, 2, 4, 6, 10)
_MOST_BARS = 48
_BAR_HOURS = (1, 2, 3, 6, 12, 24)
_TICKS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of hours, in per cent of the plot; ``negative_height`` stands at the bar's foot."""

    point: TilePoint
    x: float
    width: float
    y: float
    height: float
    negative_y: float
    negative_height: float
    has_gone: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis: at ``at`` per cent."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class HourTick:
    """A label under the plot."""

    at: float
    moment: datetime


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template needs. Paths lie in a box of 100 × 100 with y downwards.

    ``hours`` is how much time one bar stands for. ``band`` is empty where no usual range is known. ``tail``
    is the line of the stretch that is not over.
    ``alert`` is where the alert was raised, None if outside.
    """

    hours: int
    bars: tuple[Bar, ...]
    band: str
    line: str
    tail: str
    negatives: str
    top: float
    levels: tuple[Tick, ...]
    ticks: tuple[HourTick, ...]
    alert: float | None


def draw(
    hourly: Sequence[TilePoint],
    now: datetime,
    alert_at: datetime | None = None,
    *,
    from_midnight: bool = False,
) -> Chart | None:
    """Lay out hours from oldest to newest; None where there is nothing to draw.

    A long story is drawn in wider bars: ``Chart.hours`` says how wide. ``from_midnight``: the first hour
    begins a day of the reader's, and labels stand where days begin.
    """
    if not hourly:
        return None
    hours = next((h for h in _BAR_HOURS if len(hourly) <= _MOST_BARS * h), _BAR_HOURS[-1])
    points = gathered(hourly, hours)
    top = axis_top(max(max(p.mentions, p.usual_high or 0) for p in points))
    step = 100 / len(points)
    bars = tuple(
        _bar(p, i * step, step, top, is_over=p.start + hours * _HOUR <= now) for i, p in enumerate(points)
    )
    middles = [(_round(b.x + b.width / 2), b.y) for b in bars]
    over = [m for m, b in zip(middles, bars, strict=True) if b.has_gone]
    return Chart(
        hours=hours,
        bars=bars,
        band=_band(points, step, top),
        line=_path(over),
        tail=_path(middles[max(len(over) - 1, 0) :]) if len(over) < len(middles) else "",
        negatives=_area(points, step, top),
        top=top,
        levels=tuple(Tick(_y(v, top), v) for v in (top, top / 2)),
        ticks=_days(points, step, 24 // hours) if from_midnight else _ticks(points, step),
        alert=_place(alert_at, points[0].start, points[-1].start + hours * _HOUR),
    )


def gathered(hourly: Sequence[TilePoint], hours: int) -> list[TilePoint]:
    """Sums over stretches of ``hours``, oldest first; the newest stretch may be shorter."""
    if hours == 1:
        return list(hourly)
    return [_sum(hourly[i : i + hours]) for i in range(0, len(hourly), hours)]


def _sum(points: Sequence[TilePoint]) -> TilePoint:
    low = [p.usual_low for p in points if p.usual_low is not None]
    high = [p.usual_high for p in points if p.usual_high is not None]
    return TilePoint(
        start=points[0].start,
        mentions=sum(p.mentions for p in points),
        negatives=sum(p.negatives for p in points),
        usual_low=sum(low) if len(low) == len(points) else None,
        usual_high=sum(high) if len(high) == len(points) else None,
    )


def axis_top(highest: float) -> float:
    """The next round number at or above ``highest``, whose half is a whole number of mentions too."""
    wanted = max(highest, _LEAST_TOP)
    power = 1.0
    while power * 10 < wanted:
        power *= 10
    return next(n * power for n in _NICE if n * power >= wanted)


def _bar(point: TilePoint, x: float, step: float, top: float, *, is_over: bool) -> Bar:
    y, negative_y = _y(point.mentions, top), _y(point.negatives, top)
    gap = step * 0.14
    return Bar(
        point=point,
        x=_round(x + gap / 2),
        width=_round(step - gap),
        y=y,
        height=_round(100 - y),
        negative_y=negative_y,
        negative_height=_round(100 - negative_y),
        has_gone=is_over,
    )


def _band(points: Sequence[TilePoint], step: float, top: float) -> str:
    """A closed shape for each run of hours whose usual range is known."""
    shapes, run = [], list[tuple[float, float, float]]()
    for i, p in enumerate(points):
        if p.usual_low is None or p.usual_high is None:
            shapes.append(run)
            run = []
        else:
            run.append((_round((i + 0.5) * step), _y(p.usual_low, top), _y(p.usual_high, top)))
    return "".join(_closed(r, step) for r in [*shapes, run] if r)


def _closed(run: Sequence[tuple[float, float, float]], step: float) -> str:
    """The run's upper edge there and lower edge back, half an hour wider on both sides."""
    first, last = _round(run[0][0] - step / 2), _round(run[-1][0] + step / 2)
    upper = [(first, run[0][2]), *((x, high) for x, _, high in run), (last, run[-1][2])]
    lower = [(last, run[-1][1]), *((x, low) for x, low, _ in reversed(run)), (first, run[0][1])]
    return f"{_path([*upper, *lower])}Z"


def _area(points: Sequence[TilePoint], step: float, top: float) -> str:
    if not any(p.negatives for p in points):
        return ""
    edge = [(_round((i + 0.5) * step), _y(p.negatives, top)) for i, p in enumerate(points)]
    return f"{_path([(edge[0][0], 100.0), *edge, (edge[-1][0], 100.0)])}Z"


def _ticks(points: Sequence[TilePoint], step: float) -> tuple[HourTick, ...]:
    """Few labels under their bars' left edges, the first away from the edge so that it is not cut."""
    every = next((n for n in (1, 2, 3, 4, 6) if len(points) <= n * _TICKS), 8)
    places = range(max(every // 2, 1), len(points), every)
    return tuple(HourTick(_round(i * step), points[i].start) for i in places)


def _days(points: Sequence[TilePoint], step: float, bars_a_day: int) -> tuple[HourTick, ...]:
    """Labels where days begin, the first of all left out: it would be cut at the edge."""
    every = bars_a_day * max(1, -(-len(points) // (bars_a_day * (_TICKS + 1))))
    return tuple(HourTick(_round(i * step), points[i].start) for i in range(every, len(points), every))


def _place(moment: datetime | None, first: datetime, end: datetime) -> float | None:
    if moment is None:
        return None
    share = (moment - first) / (end - first)
    return _round(share * 100) if 0 <= share <= 1 else None


def _y(value: float, top: float) -> float:
    return _round(100 - value / top * 100)


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in corners) if corners else ""


def _round(value: float) -> float:
    return round(value, 2)
