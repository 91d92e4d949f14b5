"""The words that carried a verdict: named by what they add up to, found where they stand, marks left out."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import told as module
from analysis.told import Spoken, Told, strongest, strongest_of_all, words_with

WORDS = st.text(st.sampled_from("好坏锁安屿a1，。😡"), min_size=1, max_size=6)
TEXTS = st.lists(st.lists(WORDS, max_size=30), max_size=10)


class Cut:
    """Cuts texts as the test says."""

    def __init__(self, words: list[list[str]]) -> None:
        self._words = iter(words)

    def words(self, text: str) -> list[str]:
        found = next(self._words)
        assert "".join(found) == text
        return found


def batch(words: list[list[str]], adds: list[float]) -> Spoken:
    return Spoken(["".join(of_text) for of_text in words], words, np.array(adds))


@st.composite
def batches(draw: st.DrawFn) -> Spoken:
    words = draw(TEXTS)
    count = sum(map(len, words))
    values = st.sampled_from([0.0, 0.25, -0.25, 1.5, -2.0, 0.00004])  # equal sums are what orders hang on
    return batch(words, draw(st.lists(values, min_size=count, max_size=count)))


@settings(max_examples=300)
@given(batches())
def test_by_numbers_or_word_by_word_the_same_words_are_named(spoken: Spoken) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "_TOO_FEW", 0)
        by_numbers = strongest_of_all(spoken)
        patched.setattr(module, "_TOO_FEW", 10**6)
        by_words = strongest_of_all(spoken)
    assert by_numbers == by_words
    assert [one.words for one in by_words] == [strongest(told) for told in spoken.told]


@settings(max_examples=200)
@given(batches())
def test_the_places_are_those_of_the_words_that_speak_for_the_label(spoken: Spoken) -> None:
    for text, words, found in zip(spoken.texts, spoken.words, strongest_of_all(spoken), strict=True):
        speaking = {word for word, value in found.words if value > 0}
        assert [text[a:b] for a, b in found.places] == [word for word in words if word in speaking]
        assert all(a < b for a, b in found.places)
        assert all(before[1] <= after[0] for before, after in pairwise(found.places))


def test_words_are_named_once_by_their_sum_the_earlier_first_and_marks_never() -> None:
    told = Told(("好", "，", "坏", "好", "差", "。"), (0.5, 9.0, -0.75, 0.5, 0.75, -9.0))
    assert strongest(told) == (("好", 1.0), ("坏", -0.75), ("差", 0.75))


def test_no_more_words_are_named_than_fit_a_line() -> None:
    told = Told(tuple("甲乙丙丁戊己庚辛壬癸"), tuple(float(i) for i in range(10)))
    assert [word for word, _ in strongest(told)] == list("癸壬辛庚己戊丁丙")


@given(TEXTS)
def test_each_word_adds_what_its_characters_do(words: list[list[str]]) -> None:
    texts = ["".join(of_text) for of_text in words]
    row = "\n".join(["", *texts, ""])
    added = np.array([0.0 if c == "\n" else float(at) for at, c in enumerate(row)])
    spoken = words_with(Cut(words), texts, added)
    at = 1
    for of_text, told in zip(words, spoken.told, strict=True):
        assert list(told.words) == of_text
        for word, adds in told.pairs:
            assert adds == sum(range(at, at + len(word)))
            assert row[at : at + len(word)] == word
            at += len(word)
        at += 1


def test_nothing_but_empty_texts_is_no_words() -> None:
    assert words_with(Cut([[], []]), ["", ""], np.zeros(3)).told == [Told([], []), Told([], [])]
    assert strongest_of_all(batch([[], []], [])) == [((), []), ((), [])]
    assert strongest_of_all(batch([], [])) == []
