"""How far a count stands above its series' own daily extremes. Arrays in, arrays out.

Parametric tails cannot rank events of public talk (the p-value of a textbook seasonal count model falls
under 1e-10 on four brand-days in ten); a series' own daily maxima can. See docs/adr/0007.

All arrays have one column per series; where they have rows, these are the measures ``SHORT``, ``DAY`` and
``STEADY``: the rate over a short window, over a day, and how steadily things are said within the window.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wanglou.domain.volume import WARM_UP

Floats = NDArray[np.float64]
Memory = dict[str, NDArray[Any]]
"""Named arrays of a state; functions here never change one, but put a new one in its place."""

SHORT, DAY, STEADY, RATIO = range(4)
"""Rows of scores; the memory of daily maxima has the first three."""

BUCKETS_A_DAY = 288
PER_HOUR = 12
"""Buckets an hour: a rate per bucket times this is a rate per hour."""

DAY_SPEED = 1 / BUCKETS_A_DAY
WEEK_SPEED = 1 / (7 * BUCKETS_A_DAY)
"""Weight of the newest bucket in the averages over a day and a week."""

DAY_SOFTNESS = 1 / 3
"""The day's rate varies less than the hour's: a third of the pseudo-count (measured: 12 and 4 an hour)."""

MEMORY_DAYS = 14.0
PRIOR_SD = 0.6
PRIOR_SD_DAYS = 3.0
"""Daily maxima are remembered for two weeks; a spread of 0.6 is believed as firmly as three days."""

FIRST_PEAK = np.array([[6.0], [2.0]])
PRIOR_PEAK_DAYS = 1.0
"""Before a day is over its maximum is taken for 6 × (short) or 2 × (day) the running mean; worth one day.
The mean leaves the newest window out, or a young series' first crisis would count as its usual."""

CLIP_SD = (-2.0, 3.0)
"""A day of outage or of a huge event moves the memory only this far, so neither makes the brand deaf."""

SLOW_RATIO = 2.0
SLOW_UNIT = 0.5
SLOW_AFTER_DAYS = 3.0
"""The day's mean over the week's: twice the usual stands at z = ``SLOW_AT``, each factor e^0.5 adds 1."""

SLOW_AT = 1.0

STEADY_LEAD = 0.4
STEADY_SD = 0.5
"""What every five minutes hold is told sooner than what one of them may hold: the spikes and plateaus of bots
stand in a brand's daily maxima of the rate, and hardly in those of its buckets' mean logarithm. Its spread
counts as 0.5 at least, so that a brand of even talk does not speak at a fifth above its usual."""

RISING = 0.1
"""The slow scales speak only while the day's rate stands a tenth above where the day began: the long tail of
a huge event is no second event, and must not drown one."""

_SHARE_SPEEDS = np.array([[DAY_SPEED], [WEEK_SPEED]])

SCARCE_DAY = 0.25
"""A day's average over less than a quarter of observed buckets is not scaled up further."""


class Scales:
    """On which scales each series is looked at: a short window of ``hours``, and the day.

    ``hours`` is 1, or more where an item comes seldom and stays long. ``soft``: mentions a window added
    before the logarithm, the soft floor. Both have one number a series.
    """

    def __init__(self, hours: Floats, soft: Floats) -> None:
        day = np.ones_like(hours)
        self.speeds = np.stack([1 / (PER_HOUR * hours), DAY_SPEED * day, WEEK_SPEED * day])
        self.unit = np.stack([PER_HOUR * hours, PER_HOUR * day])  # from a bucket to a window, to an hour
        self.pseudo = np.stack([soft, DAY_SOFTNESS * soft])
        self.bucket_pseudo = soft / self.unit[SHORT]
        self.least = np.log(np.vstack([self.pseudo, self.bucket_pseudo]))  # measures of a day without a word


def blank(series: int) -> Memory:
    """The memory of ``series`` series that were never observed."""
    return {
        "rates": np.zeros((3, series)),
        "steady": np.zeros(series),
        "seen": np.zeros((2, series)),
        "tops": np.full((3, series), -np.inf),
        "means": np.zeros((3, series)),
        "variances": np.zeros((3, series)),
        "dawn": np.full(series, -np.inf),
        "days": np.zeros(series),
        "seen_today": np.zeros(series),
        "observed": np.zeros(series),
    }


def learn(
    memory: Memory, counts: Floats, seen: NDArray[np.bool_], scales: Scales
) -> tuple[NDArray[np.intp], Floats]:
    """Take one bucket; return the series that were named in it, and their log rates (3, series).

    ``counts`` are zero where nothing is known; ``seen`` says where zero means zero. The short rate and the
    steady one fall while blind (a lower bound stays a lower bound), the day's is corrected for the buckets
    not seen, the week's waits.
    """
    rates, shares, steady = memory["rates"], memory["seen"], memory["steady"]
    moved = counts - rates
    moved *= scales.speeds
    shares_moved = _SHARE_SPEEDS * (seen - shares)
    if not seen.all():
        moved[2, ~seen] = 0.0
        shares_moved[1, ~seen] = 0.0
    memory["rates"] = moved + rates
    memory["seen"] = shares_moved + shares
    memory["observed"] = memory["observed"] + seen
    memory["seen_today"] = memory["seen_today"] + seen
    # the mean of log(1 + n / pseudo), so that a bucket without a word adds nothing
    memory["steady"] = steady - scales.speeds[SHORT] * steady
    risen = np.flatnonzero(counts > 0)
    if risen.size:
        said = np.log1p(counts[risen] / scales.bucket_pseudo[risen])
        memory["steady"][risen] += scales.speeds[SHORT, risen] * said
    log_rates = _log_rates(memory, risen, scales)
    if risen.size:
        _raise_tops(memory, risen, log_rates)
    return risen, log_rates


def begin_day(memory: Memory, scales: Scales) -> None:
    """Put the ended day's maxima into memory and start the next day from the current rates.

    A day of which less than ``WARM_UP`` was observed does not enter it.
    """
    full = np.flatnonzero(memory["seen_today"] >= WARM_UP)
    if full.size:
        _remember_day(memory, full, scales)
    memory["seen_today"] = np.zeros_like(memory["seen_today"])
    memory["tops"] = _log_rates(memory, np.arange(memory["days"].size), scales)
    memory["dawn"] = memory["tops"][DAY].copy()


def scores(memory: Memory, who: NDArray[np.intp], rates: Floats, scales: Scales) -> Floats:
    """Score the series ``who`` on the rows SHORT, DAY, STEADY and RATIO; -inf where not to be judged.

    ``rates``: their log rates. z of the first three is a logarithm's distance from its mean daily maximum in
    standard deviations, that of the ratio follows from the day's rate over the week's.
    """
    mean, sd = usual_peak(memory, who, scales)
    z = np.empty((4, who.size))
    sd[STEADY] = np.maximum(sd[STEADY], STEADY_SD)
    z[:RATIO] = (rates - mean) / sd
    z[STEADY] += STEADY_LEAD
    day, week = PER_HOUR * _day(memory, who), PER_HOUR * _week(memory, who)
    ratio = (day + scales.pseudo[DAY, who]) / (week + scales.pseudo[DAY, who])
    z[RATIO] = SLOW_AT + (np.log(ratio) - np.log(SLOW_RATIO)) / SLOW_UNIT
    z[RATIO, memory["days"][who] < SLOW_AFTER_DAYS] = -np.inf
    tail = rates[DAY] < memory["dawn"][who] + RISING
    z[np.ix_((DAY, RATIO), tail)] = -np.inf
    z[:, memory["observed"][who] < WARM_UP] = -np.inf
    return z


def pace(memory: Memory, who: NDArray[np.intp], scales: Scales) -> Floats:
    """Mentions a window at the pace that most of its buckets hold."""
    return _paced(memory["steady"][who] + scales.least[STEADY, who], who, scales)


def usual_pace(memory: Memory, who: NDArray[np.intp], scales: Scales) -> Floats:
    """The same at the usual day's steadiest window."""
    return _paced(usual_peak(memory, who, scales)[0][STEADY], who, scales)


def _paced(log_rate: Floats, who: NDArray[np.intp], scales: Scales) -> Floats:
    said = np.exp(log_rate) - scales.bucket_pseudo[who]
    return np.asarray(scales.unit[SHORT, who] * said.clip(min=0.0))


def usual_peak(memory: Memory, who: NDArray[np.intp], scales: Scales) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the daily maxima of SHORT, DAY and STEADY.

    Each is the log of a rate plus its pseudo-count: mentions a window; an hour; a bucket.
    """
    days = np.minimum(memory["days"][who], MEMORY_DAYS)
    means, variances = memory["means"].take(who, axis=1), memory["variances"].take(who, axis=1)
    first = _first_peak(_before(memory, who, scales), who, scales)
    mean = (PRIOR_PEAK_DAYS * first + days * means) / (PRIOR_PEAK_DAYS + days)
    variance = (PRIOR_SD_DAYS * PRIOR_SD**2 + days * variances) / (PRIOR_SD_DAYS + days)
    return mean, np.sqrt(variance)


def _first_peak(before: Floats, who: NDArray[np.intp], scales: Scales) -> Floats:
    """What the maxima are taken for while no day is over; ``before``: mentions a bucket so far."""
    rates = FIRST_PEAK * scales.unit[:, who] * before + scales.pseudo[:, who]
    steady = FIRST_PEAK[SHORT] * before + scales.bucket_pseudo[who]
    return np.asarray(np.log(np.vstack([rates, steady])))


def usual_a_day(memory: Memory, who: NDArray[np.intp]) -> Floats:
    """Mentions of a usual day: the past week's mean."""
    return np.asarray(BUCKETS_A_DAY * _week(memory, who))


def _raise_tops(memory: Memory, who: NDArray[np.intp], log_rates: Floats) -> None:
    tops = memory["tops"].copy()
    tops[:, who] = np.maximum(tops.take(who, axis=1), log_rates)
    memory["tops"] = tops


def _remember_day(memory: Memory, who: NDArray[np.intp], scales: Scales) -> None:
    days, mean, variance = memory["days"][who], memory["means"][:, who], memory["variances"][:, who]
    known = np.minimum(days, MEMORY_DAYS)
    sd = np.sqrt((PRIOR_SD_DAYS * PRIOR_SD**2 + known * variance) / (PRIOR_SD_DAYS + known))
    top = np.maximum(memory["tops"][:, who], scales.least[:, who])  # a first day may pass without a word
    top = np.where(days > 0, np.clip(top, mean + CLIP_SD[0] * sd, mean + CLIP_SD[1] * sd), top)
    weight = 1.0 / np.minimum(days + 1.0, MEMORY_DAYS)
    off = top - mean
    for name in ("means", "variances", "days"):
        memory[name] = memory[name].copy()
    memory["means"][:, who] = mean + weight * off
    memory["variances"][:, who] = (1.0 - weight) * (variance + weight * off**2)
    memory["days"][who] = days + 1.0


def _log_rates(memory: Memory, who: NDArray[np.intp], scales: Scales) -> Floats:
    rates = np.stack([memory["rates"][SHORT, who], _day(memory, who)])
    logs = np.log(scales.unit.take(who, axis=1) * rates + scales.pseudo.take(who, axis=1))
    return np.vstack([logs, memory["steady"][who] + scales.least[STEADY, who]])


def _day(memory: Memory, who: NDArray[np.intp]) -> Floats:
    return np.asarray(memory["rates"][DAY, who] / np.maximum(memory["seen"][0, who], SCARCE_DAY))


def _week(memory: Memory, who: NDArray[np.intp]) -> Floats:
    return np.asarray(memory["rates"][2, who] / np.maximum(memory["seen"][1, who], WEEK_SPEED))


def _before(memory: Memory, who: NDArray[np.intp], scales: Scales) -> Floats:
    window = 1 / scales.speeds[SHORT, who]
    said = (memory["rates"][2, who] / WEEK_SPEED - window * memory["rates"][0, who]).clip(min=0.0)
    seen = memory["seen"][1, who] / WEEK_SPEED - window
    return np.asarray(said / np.maximum(seen, WARM_UP / 2))
