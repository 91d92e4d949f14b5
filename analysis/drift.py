"""Drift by the week: unsure verdicts, n-grams never seen, and how far probabilities hold on corrections.

Only counters are looked at, a row a week, and the corrections of those weeks.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import fmean

from wanglou.domain.drift import CorrectedReading, Drift, DriftWeek, ReadingCount
from wanglou.domain.reason import Reason

WEEK = timedelta(weeks=1)

SHOWN = 6
"""Weeks told one by one, the running one included."""

BASELINE = 6
"""Weeks before those, told together: what is usual here."""

KEPT = SHOWN + BASELINE

ENOUGH = 200
"""Readings of a week, and of the baseline, below which a share says little."""

FURTHER = 0.05
"""Share of readings by which unsure ones must grow to be remarked: one more in twenty. Set by hand."""

HALF_AS_MUCH_AGAIN = 1.5
"""Growth of n-grams never seen that is remarked. Measured: a car forum, left out of training, has 1.6 times
what it has as a part of it."""


def week_of(moment: datetime) -> date:
    """The Monday, in UTC, of the week ``moment`` lies in."""
    day = moment.date()
    return day - timedelta(days=day.weekday())


def drift_of(
    counts: Mapping[date, ReadingCount],
    corrected: Sequence[CorrectedReading],
    now: datetime,
) -> Drift:
    """The last weeks beside those before them."""
    current = week_of(now)
    by_week: dict[date, list[CorrectedReading]] = defaultdict(list)
    for one in corrected:
        by_week[week_of(one.at)].append(one)
    starts = [current - WEEK * back for back in reversed(range(KEPT))]
    weeks = [_week([start], counts, by_week) for start in starts]
    before = _week(starts[:BASELINE], counts, by_week)
    shown = tuple(week for week in weeks[BASELINE:] if week.readings or week.corrections)
    baseline = before if before.readings >= ENOUGH else None
    return Drift(shown, baseline, tuple(_remarks(shown, baseline)))


def _week(
    starts: Sequence[date],
    counts: Mapping[date, ReadingCount],
    by_week: Mapping[date, Sequence[CorrectedReading]],
) -> DriftWeek:
    """These weeks as one."""
    total = ReadingCount()
    for start in starts:
        total = total.plus(counts.get(start, ReadingCount()))
    looked_at = [one for start in starts for one in by_week.get(start, ())]
    return DriftWeek(
        start=starts[0],
        readings=total.readings,
        unsure=total.unsure / total.readings if total.readings else None,
        unseen=total.unseen / total.grams if total.grams else None,
        corrections=len(looked_at),
        claimed=fmean(one.chance for one in looked_at) if looked_at else None,
        right=fmean(one.was_right for one in looked_at) if looked_at else None,
    )


def _remarks(weeks: Sequence[DriftWeek], baseline: DriftWeek | None) -> Iterator[Reason]:
    """What the newest week with enough readings has more of than is usual."""
    enough = [week for week in weeks if week.readings >= ENOUGH]
    if baseline is None or not enough:
        return
    newest = enough[-1]
    facts = {"start": newest.start.isoformat()}
    if (
        newest.unsure is not None
        and baseline.unsure is not None
        and newest.unsure > baseline.unsure + FURTHER
    ):
        yield Reason("drift_unsure", {**facts, "now": newest.unsure, "usual": baseline.unsure})
    if newest.unseen is not None and baseline.unseen and newest.unseen > baseline.unseen * HALF_AS_MUCH_AGAIN:
        yield Reason("drift_unseen", {**facts, "now": newest.unseen, "usual": baseline.unseen})
