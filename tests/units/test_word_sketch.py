"""What was said with a brand, in a fixed size; and texts as rows of units that words are made of."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import word_sketch
from analysis.detector import Arrays
from analysis.ngrams import Numbers
from analysis.spoken_runs import Rows, learnable, names_pattern, shown, units_of
from analysis.word_sketch import CELLS, FULL, LASTS
from wanglou.domain.volume import BUCKET

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMES = names_pattern(["安屿", "安屿锁", "AnyuLock"])


def hashes(*numbers: int) -> Numbers:
    return np.array(numbers, dtype=np.uint32)


def heard(state: Arrays, *said: tuple[int, ...], at: int = 0) -> Arrays:
    """Each tuple is what one voice said."""
    flat = [n for voice in said for n in voice]
    voices = np.array([i for i, voice in enumerate(said) for _ in voice], np.int64)
    return word_sketch.learn(state, hashes(*flat), voices, np.full(len(said), at, np.int64))


def test_a_run_is_known_when_two_voices_said_it_however_often_one_did() -> None:
    state = heard(word_sketch.start(), (1, 1, 1, 2), (2, 3))

    assert word_sketch.knows(state, hashes(1, 2, 3, 4)).tolist() == [False, True, False, False]


def test_it_says_since_when_it_hears() -> None:
    assert word_sketch.first_heard(word_sketch.start(), EPOCH) is None
    state = heard(heard(word_sketch.start(), (1,), at=9), (2,), at=5)
    assert word_sketch.first_heard(state, EPOCH) == EPOCH + 5 * BUCKET
    assert int(state["voices"]) == 2


def test_what_was_said_lasts_into_the_next_generation_and_no_longer() -> None:
    month = LASTS // BUCKET
    state = heard(word_sketch.start(), (1, 2), (1,))
    for later, knows in ((1, True), (2, False)):
        state = heard(state, (9,), at=later * month)
        assert word_sketch.knows(state, hashes(1)).tolist() == [knows]


def test_once_in_each_generation_is_twice() -> None:
    state = heard(heard(word_sketch.start(), (1,)), (1,), at=LASTS // BUCKET)

    assert word_sketch.knows(state, hashes(1)).tolist() == [True]


def test_a_full_generation_gives_way_before_its_time() -> None:
    many = tuple(range(int(CELLS * FULL) + 1))
    state = heard(heard(word_sketch.start(), (*many,)), (1,), at=1)

    assert int(state["begun"]) == 1
    assert np.bitwise_count(state["heard"][0]).sum() == 1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=8).map(tuple), min_size=1, max_size=12),
    st.lists(st.integers(0, 12), max_size=3),
)
def test_voices_in_pieces_are_learnt_as_in_one(said: list[tuple[int, ...]], cuts: list[int]) -> None:
    whole, state = heard(word_sketch.start(), *said), word_sketch.start()
    for begin, end in pairwise([0, *sorted(min(c, len(said)) for c in cuts), len(said)]):
        state = heard(state, *said[begin:end])

    assert all(np.array_equal(whole[name], state[name]) for name in whole)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=50))
def test_what_two_voices_said_is_never_taken_for_new(said: set[int]) -> None:
    state = heard(word_sketch.start(), (*said,), (*said,))

    assert word_sketch.knows(state, hashes(*said)).all()


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("这门锁，不行", "这门锁\n不行"),
        ("安屿锁和安屿都坏", "\n和\n都坏"),
        ("AnyuLock 漏风", "\n\n漏风"),
        ("#漏风锁#退货", "\n退货"),
        ("【锁】退货", "\n退货"),
        ("3天坏2次", "\n天坏\n次"),
        ("漏風鎖", "漏风锁"),
        ("", ""),
    ],
)
def test_units_are_han_characters_and_what_is_nobodys_own_breaks_them(text: str, units: str) -> None:
    assert units_of(text, NAMES) == units


def test_a_latin_word_is_one_unit_and_is_shown_as_it_is() -> None:
    text = "就是个PPT锁"
    units = units_of(text, None)

    assert len(units) == len("就是个") + 2
    assert shown(units[-2:], text) == "ppt锁"
    assert units[-2:] == units_of("ppt锁", None)


@given(st.lists(st.text(alphabet="漏风锁门\n", max_size=9), max_size=5))
def test_runs_never_cross_a_break_or_a_text(lines: list[str]) -> None:
    rows = Rows(lines)
    for size in (2, 3, 4):
        for place in rows.starts(size).tolist():
            run = rows.run(place, size)
            assert "\n" not in run
            assert run in lines[rows.owners[place]]
    found, owners = learnable(rows)
    assert len(found) == len(owners)
    assert set(owners.tolist()) <= set(range(len(lines)))


def test_two_generations_are_a_generous_time() -> None:
    assert timedelta(weeks=4) == LASTS
