"""A look that goes on from the last one says and keeps what a look from the checkpoint would."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.detector import Arrays, Buckets, Detector
from analysis.walked import MOST, Walked, walk
from tests.seams.test_detectors import KINDS, T0, look, part, same, troubled
from wanglou.domain.signal import Signal
from wanglou.domain.volume import BUCKET, Series
from wanglou.kinds import find_kind

OPEN = 3
AT = 4
"""Buckets that are open at a look, and where in the looks the trouble begins."""


@dataclass(frozen=True, slots=True)
class Past:
    """A detector's checkpoint before the trouble, and the buckets from there on."""

    detector: Detector
    state: Arrays
    after: Buckets

    def shown(self, closed: int) -> Buckets:
        return part(self.after, 0, closed + OPEN, closed)


PASTS: dict[str, Past] = {}


def past_of(kind: str) -> Past:
    if kind not in PASTS:
        detector: Detector = find_kind("analysis.detectors", kind)({})
        voices, negatives, at = troubled(kind, 1, 3)
        buckets, begin = look(voices, negatives), at - AT
        state, _ = detector.advance(detector.start(), part(buckets, 0, begin), T0)
        PASTS[kind] = Past(detector, state, part(buckets, begin, voices.shape[1]))
    return PASTS[kind]


def anew(past: Past, laid: Buckets, look_at: int) -> tuple[Arrays, Sequence[Signal]]:
    return past.detector.advance(past.state, laid, T0 + BUCKET * look_at)


def changed(laid: Buckets, what: str, column: int) -> Buckets:
    """Other counts of one bucket, or sight of it, or talk that was planned."""
    if what == "planned":
        planned = np.ones_like(laid.voices)
        planned[:, column] = 3.0
        return replace(laid, planned=planned)
    if what == "series":
        return replace(laid, series=[*laid.series[:-1], Series("lock", "brand new", None)])
    rows = getattr(laid, what).copy()
    rows[1, column] = np.nan if what == "reach" else rows[1, column] + 1.0 if what != "exposure" else 0.4
    return replace(laid, **{what: rows})


looks = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.none()
        | st.tuples(
            st.sampled_from(["voices", "negatives", "reach", "exposure", "planned", "series"]),
            st.integers(0, 2),
        ),
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(KINDS), looks)
def test_going_on_gives_what_beginning_again_gives(
    kind: str, steps: list[tuple[int, tuple[str, int] | None]]
) -> None:
    past = past_of(kind)
    closed, last, change = AT, None, None
    for number, (more, changes) in enumerate(steps):
        closed, change = closed + more, changes or change
        laid = past.shown(closed)
        laid = changed(laid, *change) if change else laid
        last = walk(past.detector, past.state, laid, T0 + BUCKET * number, last)
        state, found = anew(past, laid, number)

        assert list(last.found) == list(found)
        assert same(last.state, state)


@pytest.mark.parametrize("kind", KINDS)
def test_closed_buckets_are_not_walked_again(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    past = past_of(kind)
    shown: list[int] = []
    advance = type(past.detector).advance

    def counting(self: Detector, state: Arrays, buckets: Buckets, now: object) -> object:
        shown.append(len(buckets.starts))
        return advance(self, state, buckets, now)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(type(past.detector), "advance", counting)
    last: Walked | None = None
    for closed in (6, 7, 7):
        last = walk(past.detector, past.state, past.shown(closed), T0, last)

    assert shown == [6 + OPEN, 1 + OPEN, OPEN]


def test_only_a_short_look_is_worth_keeping() -> None:
    past = past_of(KINDS[0])

    assert walk(past.detector, past.state, past.shown(MOST - OPEN), T0, None).is_short
    assert not walk(past.detector, past.state, past.shown(MOST), T0, None).is_short


def test_another_state_to_begin_from_is_begun_from() -> None:
    past = past_of(KINDS[0])
    last = walk(past.detector, past.state, past.shown(6), T0, None)

    assert last.closed_in(past.state, past.shown(7)) == 6
    assert last.closed_in(dict(past.state), past.shown(7)) == 0
    assert last.closed_in(past.state, past.shown(5)) == 0
