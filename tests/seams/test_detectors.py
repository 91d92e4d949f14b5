"""Every detector, found by itself, held to the seam: what it sees, keeps to itself, and remembers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.detector import Arrays, Buckets, Detector, UnreadableStateError, dump, load, untold
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series
from wanglou.kinds import find_kind, known_kinds
from wanglou.wording import say

HOME = "analysis.detectors"
KINDS = known_kinds(HOME)
T0 = datetime(2026, 3, 2, tzinfo=UTC)
DAY = 288
HOUR = 12

QUIET_RATE = 0.03
"""Signals per series and week that stationary talk may raise: fewer than two a year."""

Floats = NDArray[np.float64]


SURGES = ("burst", "negative_surge")
"""Kinds that look at buckets still filling, and see a flash within the hour."""


@pytest.fixture(params=KINDS)
def detector(request: pytest.FixtureRequest) -> Detector:
    built: Detector = find_kind(HOME, request.param)({})
    return built


@pytest.fixture(params=SURGES)
def surge(request: pytest.FixtureRequest) -> Detector:
    built: Detector = find_kind(HOME, request.param)({})
    return built


def series(n: int, source_class: SourceClass | None = SourceClass.SOCIAL) -> list[Series]:
    return [Series("lock", f"brand {i}", source_class) for i in range(n)]


def look(
    voices: Floats,
    negatives: Floats,
    first: int = 0,
    named: Sequence[Series] | None = None,
    closed: int | None = None,
) -> Buckets:
    steps = voices.shape[1]
    return Buckets(
        series=series(len(voices)) if named is None else named,
        starts=[T0 + BUCKET * (first + i) for i in range(steps)],
        voices=voices,
        negatives=negatives,
        reach=voices * 100,
        exposure=np.ones_like(voices),
        closed=steps if closed is None else closed,
    )


def part(whole: Buckets, begin: int, end: int, closed: int | None = None) -> Buckets:
    return replace(
        whole,
        starts=whole.starts[begin:end],
        voices=whole.voices[:, begin:end],
        negatives=whole.negatives[:, begin:end],
        reach=whole.reach[:, begin:end],
        exposure=whole.exposure[:, begin:end],
        closed=end - begin if closed is None else closed,
    )


def talk(seed: int, n: int, steps: int, an_hour: float) -> tuple[Floats, Floats]:
    """Overdispersed talk with a night's rest; one voice in seven is negative."""
    rng = np.random.default_rng(seed)
    daily = 1 + 0.8 * np.sin(2 * np.pi * np.arange(steps) / DAY)
    rate = an_hour / HOUR * daily * rng.gamma(5, 1 / 5, (n, steps))
    voices = rng.poisson(rate)
    return voices.astype(float), rng.binomial(voices, 1 / 7).astype(float)


def with_flash(voices: Floats, negatives: Floats, at: int, an_hour: float) -> tuple[Floats, Floats]:
    """Add a crisis that rises within half an hour and halves every three, six in seven negative."""
    age = np.arange(voices.shape[1] - at) / HOUR
    shape = np.where(age < 0.5, age / 0.5, 0.5 ** ((age - 0.5) / 3))
    more = np.round(an_hour / HOUR * shape)
    voices, negatives = voices.copy(), negatives.copy()
    voices[:, at:] += more
    negatives[:, at:] += np.round(more * 6 / 7)
    return voices, negatives


def with_silence(voices: Floats, negatives: Floats, at: int) -> tuple[Floats, Floats]:
    """Nobody says a word from ``at`` on."""
    voices, negatives = voices.copy(), negatives.copy()
    voices[:, at:], negatives[:, at:] = 0.0, 0.0
    return voices, negatives


def with_burn(voices: Floats, negatives: Floats, at: int) -> tuple[Floats, Floats]:
    """Three complaints an hour more from ``at`` on, day and night."""
    voices, negatives = voices.copy(), negatives.copy()
    voices[:, at::4] += 1.0
    negatives[:, at::4] += 1.0
    return voices, negatives


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a kind is there to notice: after how many days of how much talk an hour, and what then happens."""

    after: int
    an_hour: float
    strikes: Callable[[Floats, Floats, int], tuple[Floats, Floats]]
    lasts: int = 1


FLASH = Trouble(5, 5.0, lambda voices, negatives, at: with_flash(voices, negatives, at, 120))
TROUBLES = {
    "silence": Trouble(9, 30.0, with_silence),
    "slow_burn": Trouble(12, 5.0, with_burn, lasts=3),
}


def troubled(kind: str, seed: int, n: int) -> tuple[Floats, Floats, int]:
    """Voices and negatives of ``n`` series over some days, and the step at which the trouble begins."""
    trouble = TROUBLES.get(kind, FLASH)
    at = trouble.after * DAY + 12 * HOUR
    steps = at + trouble.lasts * DAY
    return *trouble.strikes(*talk(seed, n, steps, trouble.an_hour), at), at


def whole(detector: Detector, buckets: Buckets) -> list[Signal]:
    return detector.advance(detector.start(), buckets, T0)[1]


def same(one: Arrays, other: Arrays) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def test_there_are_detectors() -> None:
    assert {"burst", "negative_surge"} <= set(KINDS)


def test_a_kind_is_named_like_its_module() -> None:
    assert [find_kind(HOME, kind)({}).kind for kind in KINDS] == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_strange_setting_is_refused_by_name(kind: str) -> None:
    with pytest.raises(ValueError, match="sensitivity"):
        find_kind(HOME, kind)({"sensitivity": 3.0})


@pytest.mark.parametrize("an_hour", [0.5, 20.0])
def test_a_quiet_month_of_sixty_series_raises_next_to_nothing(detector: Detector, an_hour: float) -> None:
    n, days = 60, 30
    voices, negatives = talk(7, n, days * DAY, an_hour)

    signals = whole(detector, look(voices, negatives))

    assert len(signals) / (n * days / 7) <= QUIET_RATE


@pytest.mark.parametrize("usual", [0.3, 5.0, 60.0])
def test_a_flash_is_seen_within_the_hour(surge: Detector, usual: float) -> None:
    at = 16 * DAY + 60
    voices, negatives = with_flash(*talk(3, 5, 17 * DAY, usual), at, an_hour=max(48, 10 * usual))

    signals = [s for s in whole(surge, look(voices, negatives)) if s.at >= T0 + at * BUCKET]

    first = {s.brand: s for s in reversed(signals)}
    assert len(first) == 5
    for signal in first.values():
        assert signal.at <= T0 + at * BUCKET + timedelta(hours=1)


def test_an_episode_speaks_again_only_when_graver(surge: Detector) -> None:
    at = 16 * DAY
    voices, negatives = with_flash(*talk(5, 5, 17 * DAY, 5.0), at, an_hour=240)

    signals = [s for s in whole(surge, look(voices, negatives)) if s.at >= T0 + at * BUCKET]

    for brand in {s.brand for s in signals}:
        strengths = [s.strength for s in signals if s.brand == brand]
        assert all(later >= earlier + 0.4 for earlier, later in pairwise(strengths))


def test_its_trouble_is_seen_in_every_series_and_told_in_both_languages(detector: Detector) -> None:
    voices, negatives, at = troubled(detector.kind, 3, 5)

    signals = [s for s in whole(detector, look(voices, negatives)) if s.at >= T0 + at * BUCKET]

    assert {s.brand for s in signals} == {s.brand for s in series(5)}
    for signal in signals:
        assert signal.since < signal.at
        assert signal.at in signal.evidence
        assert signal.kind == detector.kind
        assert signal.strength >= 0
        assert signal.brand in say(signal.because, "zh")
        assert signal.brand in say(signal.because, "en")


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 99), st.lists(st.floats(0, 1), max_size=6), st.sampled_from(KINDS))
def test_one_go_pieces_and_restarts_give_the_same(seed: int, cuts: list[float], kind: str) -> None:
    detector: Detector = find_kind(HOME, kind)({})
    voices, negatives, _ = troubled(kind, seed, 3)
    buckets, steps = look(voices, negatives), voices.shape[1]
    state, found = detector.start(), list[Signal]()
    for begin, end in pairwise([0, *sorted(round(cut * steps) for cut in cuts), steps]):
        state, more = detector.advance(state, part(buckets, begin, end), T0)
        state, found = load(dump(state)), found + more

    at_once, signals = detector.advance(detector.start(), buckets, T0)

    assert signals
    assert found == signals
    assert same(state, at_once)


def test_many_series_are_judged_as_each_alone(detector: Detector) -> None:
    voices, negatives, _ = troubled(detector.kind, 11, 6)

    together = whole(detector, look(voices, negatives))
    alone = [
        signal
        for i, one in enumerate(series(6))
        for signal in whole(detector, look(voices[i : i + 1], negatives[i : i + 1], named=[one]))
    ]

    assert together
    assert sorted(together, key=lambda s: s.key) == sorted(alone, key=lambda s: s.key)


def test_series_may_come_go_and_change_places(detector: Detector) -> None:
    voices, negatives, _ = troubled(detector.kind, 13, 4)
    names, cut = series(4), 3 * DAY
    buckets = look(voices, negatives, named=names)
    state, _ = detector.advance(detector.start(), part(buckets, 0, cut), T0)
    # The first is left out for a day and the rest stand in another order, beside a new one.
    order = [3, 1, 2]
    new = Series("lock", "late", SourceClass.SOCIAL)
    aside = look(
        np.vstack([voices[order, cut : cut + DAY], np.zeros((1, DAY))]),
        np.vstack([negatives[order, cut : cut + DAY], np.zeros((1, DAY))]),
        first=cut,
        named=[*(names[i] for i in order), new],
    )
    state, _ = detector.advance(state, aside, T0)
    _, after = detector.advance(state, part(buckets, cut + DAY, voices.shape[1]), T0)

    unmoved = whole(detector, buckets)

    assert [s for s in after if s.brand != "brand 0"] == [
        s for s in unmoved if s.brand != "brand 0" and s.at >= T0 + (cut + DAY) * BUCKET
    ]
    assert any(s.brand == "brand 0" for s in after)


def test_open_buckets_are_judged_but_not_remembered(surge: Detector) -> None:
    at = 5 * DAY
    voices, negatives = with_flash(*talk(17, 2, 5 * DAY + 12, 5.0), at, an_hour=120)
    buckets = look(voices, negatives)
    before, _ = surge.advance(surge.start(), part(buckets, 0, at), T0)

    state, first = surge.advance(before, part(buckets, at, at + 12, closed=0), T0)
    again, second = surge.advance(state, part(buckets, at, at + 12, closed=0), T0)
    _, closed = surge.advance(again, part(buckets, at, at + 12), T0)

    assert first
    assert same(before, state)
    assert same(before, again)
    assert {s.key for s in first} == {s.key for s in second} == {s.key for s in closed}


def test_a_filling_bucket_that_grows_graver_gets_a_key_of_its_own(surge: Detector) -> None:
    at = 5 * DAY
    voices, negatives = talk(17, 1, at + 1, 5.0)
    voices[0, at], negatives[0, at] = 40, 12
    state, early = surge.advance(surge.start(), look(voices, negatives, closed=at), T0)
    voices[0, at], negatives[0, at] = 400, 120
    _, late = surge.advance(state, part(look(voices, negatives), at, at + 1, closed=0), T0)

    assert len(early) == len(late) == 1
    assert early[0].key != late[0].key
    assert untold(late, early) == late


@pytest.mark.parametrize("kind", sorted({*KINDS} - {*SURGES}))
def test_a_kind_that_waits_for_closed_buckets_says_nothing_of_open_ones(kind: str) -> None:
    detector: Detector = find_kind(HOME, kind)({})
    voices, negatives, at = troubled(kind, 17, 2)
    before, _ = detector.advance(detector.start(), look(voices[:, :at], negatives[:, :at]), T0)
    filling = part(look(voices, negatives), at, voices.shape[1], closed=0)

    after, signals = detector.advance(before, filling, T0)

    assert signals == []
    assert same(before, after)


def test_closed_buckets_shown_again_change_nothing(detector: Detector) -> None:
    voices, negatives, at = troubled(detector.kind, 19, 2)
    buckets = look(voices, negatives)
    state, _ = detector.advance(detector.start(), buckets, T0)

    again, signals = detector.advance(state, part(buckets, at, voices.shape[1]), T0)

    assert signals == []
    assert same(state, again)


def test_the_state_given_is_left_alone(detector: Detector) -> None:
    buckets = look(*talk(23, 2, 2 * DAY, 5.0))
    state, _ = detector.advance(detector.start(), part(buckets, 0, DAY), T0)
    kept = {name: array.copy() for name, array in state.items()}

    detector.advance(state, part(buckets, DAY, 2 * DAY), T0)

    assert same(state, kept)


@pytest.mark.parametrize(("n", "steps"), [(0, 10), (3, 0), (0, 0)])
def test_nothing_to_look_at_is_no_trouble(detector: Detector, n: int, steps: int) -> None:
    state, signals = detector.advance(detector.start(), look(np.zeros((n, steps)), np.zeros((n, steps))), T0)

    assert signals == []
    assert detector.advance(load(dump(state)), look(*talk(1, 2, DAY, 1.0)), T0)[1] == []


def test_blind_buckets_raise_nothing_and_hide_nothing(surge: Detector) -> None:
    at = 16 * DAY
    voices, negatives = with_flash(*talk(29, 10, 18 * DAY, 10.0), at + 72, an_hour=120)
    unbroken = whole(surge, look(voices, negatives))
    voices[:, at - 36 : at + 36] = np.nan
    negatives[:, at - 36 : at + 36] = np.nan

    signals = whole(surge, look(voices, negatives))

    onset = T0 + (at + 72) * BUCKET
    assert {s.brand for s in signals if s.at >= onset} == {f"brand {i}" for i in range(10)}
    assert {s.key for s in signals if s.at < onset} <= {s.key for s in unbroken}


def test_a_blind_day_raises_nothing(detector: Detector) -> None:
    voices, negatives = talk(41, 8, 18 * DAY, 30.0)
    voices[:, 16 * DAY : 17 * DAY], negatives[:, 16 * DAY : 17 * DAY] = np.nan, np.nan

    assert [s for s in whole(detector, look(voices, negatives)) if s.at >= T0 + 16 * DAY * BUCKET] == []


def test_a_blind_stretch_just_before_hides_no_trouble(detector: Detector) -> None:
    voices, negatives, at = troubled(detector.kind, 43, 8)
    voices[:, at - 36 : at], negatives[:, at - 36 : at] = np.nan, np.nan

    signals = whole(detector, look(voices, negatives))

    assert {s.brand for s in signals if s.at >= T0 + at * BUCKET} == {s.brand for s in series(8)}


def test_a_pause_between_two_looks_is_a_blind_stretch(detector: Detector) -> None:
    voices, negatives, at = troubled(detector.kind, 31, 3)
    buckets = look(voices, negatives)
    cut, wake, end = at - DAY, at - DAY + 100, voices.shape[1]
    before, _ = detector.advance(detector.start(), part(buckets, 0, cut), T0)
    voices[:, cut:wake] = np.nan
    negatives[:, cut:wake] = np.nan

    paused = detector.advance(before, part(buckets, wake, end), T0)
    blind = detector.advance(before, part(buckets, cut, end), T0)

    assert paused[1] == blind[1]
    assert paused[1]
    assert same(paused[0], blind[0])


def test_history_is_dated_when_it_happened_and_when_it_was_seen(detector: Detector) -> None:
    now = T0 + timedelta(days=40)
    voices, negatives, at = troubled(detector.kind, 37, 1)

    _, signals = detector.advance(detector.start(), look(voices, negatives), now)

    assert signals
    assert all(s.seen_at == now for s in signals)
    assert all(T0 + at * BUCKET <= s.at < T0 + voices.shape[1] * BUCKET for s in signals)


def _own(state: Arrays) -> str:
    """The name of an array that this kind keeps beside the series' names."""
    return min(state.keys() - {"version", "next", "series", "named"})


def test_a_foreign_or_damaged_state_is_refused(detector: Detector) -> None:
    state, _ = detector.advance(detector.start(), look(*talk(1, 1, DAY, 1.0)), T0)
    foreign = {**state, "version": np.array(99)}
    lacking = {name: array for name, array in state.items() if name != _own(state)}

    for bad in (foreign, lacking):
        for n in (1, 2):
            with pytest.raises(UnreadableStateError):
                detector.advance(bad, look(*talk(1, n, DAY, 1.0), first=DAY), T0)
    for archive in (b"", b"no archive", dump(state)[:200]):
        with pytest.raises(UnreadableStateError):
            load(archive)
