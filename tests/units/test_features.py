"""N-grams of a batch: each once a text, however many texts there are, and given back to the characters."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import features as module
from analysis.features import BITS, Features, features, over_characters
from analysis.ngrams import END, code_points, grams

TEXTS = st.lists(st.text(st.sampled_from("好坏锁安屿a1，😡"), max_size=30), max_size=12)


def by_hand(text: str) -> set[int]:
    """The buckets of a text, n-gram by n-gram."""
    points = code_points([text])
    found = set()
    for size in (1, 2, 3):
        hashed = (grams(points, size) >> np.uint32(32 - BITS)).tolist()
        held = ([END, *map(ord, text), END, END, END][i : i + size] for i in range(len(text) + 2))
        found |= {hashed[i] for i, codes in enumerate(held) if codes != [END] and i + size <= len(text) + 2}
    return found


def parted(found: Features) -> list[list[int]]:
    return [found.bucket[found.text == i].tolist() for i in range(found.texts)]


@settings(max_examples=150)
@given(TEXTS)
def test_each_text_has_each_of_its_n_grams_once(texts: list[str]) -> None:
    found = features(texts)
    assert found.texts == len(texts)
    assert found.text.tolist() == sorted(found.text.tolist())
    for text, own in zip(texts, parted(found), strict=True):
        assert sorted(own) == sorted(by_hand(text))
    assert found.counts.tolist() == [len(own) for own in parted(found)]


@pytest.mark.parametrize("room", [-12, -5, -2])
def test_n_grams_that_meet_in_one_place_are_told_apart(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    texts = ["安屿锁半夜自己打开了，客服推诿" * 9, "好" * 500, "", "安屿锁好好好，客服也好" * 5] * 8
    roomy = features(texts)
    monkeypatch.setattr(module, "_ROOM", room)
    narrow = features(texts)
    assert parted(narrow) == parted(roomy)
    assert narrow.feature.tolist() == roomy.feature.tolist()


@settings(max_examples=100)
@given(TEXTS)
def test_every_occurrence_leads_to_its_n_gram(texts: list[str]) -> None:
    found = features(texts)
    points = found.points
    for place, feature in zip(found.place.tolist(), found.feature.tolist(), strict=True):
        at, more = divmod(place, 3)
        hashed = grams(points[at : at + more + 1], more + 1)[0] >> np.uint32(32 - BITS)
        assert hashed == found.bucket[feature]


@settings(max_examples=100)
@given(TEXTS)
def test_what_is_shared_over_characters_adds_up_text_by_text(texts: list[str]) -> None:
    found = features(texts)
    value = np.arange(len(found.bucket), dtype=np.float64)
    shared = over_characters(found, value)
    assert not shared[found.points == END].any()
    ends = np.flatnonzero(found.points == END)
    for i, (a, b) in enumerate(pairwise(ends)):
        whole = value[found.text == i].sum() if texts[i] else 0.0  # an empty text has no character to bear it
        assert shared[a:b].sum() == pytest.approx(whole)


def test_a_value_goes_to_the_characters_of_its_n_gram_in_equal_parts() -> None:
    found = features(["好坏好"])
    [pair] = np.flatnonzero(found.bucket == grams(code_points(["好坏"]), 2)[1] >> np.uint32(32 - BITS))
    value = np.zeros(len(found.bucket))
    value[pair] = 3.0
    assert over_characters(found, value).tolist() == [0.0, 1.5, 1.5, 0.0, 0.0]
    [single] = np.flatnonzero(found.bucket == grams(code_points(["好"]), 1)[1] >> np.uint32(32 - BITS))
    value = np.zeros(len(found.bucket))
    value[single] = 3.0
    assert over_characters(found, value).tolist() == [0.0, 1.5, 0.0, 1.5, 0.0]


@given(TEXTS)
def test_sums_are_those_of_each_text_and_whole_numbers_stay_exact(texts: list[str]) -> None:
    found = features(texts)
    whole = np.arange(len(found.bucket), dtype=np.int16)
    expected = [int(whole[found.text == i].sum()) for i in range(found.texts)]
    assert found.sums(whole).tolist() == expected
    assert found.sums(whole / 4).tolist() == pytest.approx([n / 4 for n in expected])
