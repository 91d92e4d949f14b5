"""The hot path's cutter beside the reference."""

import csv
from pathlib import Path

import pytest
import rjieba
from hypothesis import given
from hypothesis import strategies as st

from analysis.floor_set import OWN
from analysis.jieba_segmenter import Segmenter
from analysis.segmenting import QuickSegmenter
from analysis.text import clean_text
from desk.cli._reader import words_of

ROOT = Path(__file__).parents[2]
SAME_AT_LEAST = 0.98
"""Measured .983 on 6,000 posts and 1.0 on our own sentences; what differs is Latin runs and numbers."""


@pytest.fixture(scope="module")
def own_words() -> list[str]:
    return [*words_of(ROOT / "config").user_words, "安屿", "芷屿茶事", "穹野"]


@pytest.fixture(scope="module")
def quick(own_words: list[str]) -> QuickSegmenter:
    return QuickSegmenter(own_words)


def sentences() -> list[str]:
    with OWN.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [clean_text(row["text"]) for row in rows]


def test_both_cut_our_own_sentences_alike(
    quick: QuickSegmenter, own_words: list[str], tmp_path: Path
) -> None:
    reference = Segmenter(tmp_path, own_words)
    same = [quick.words(text) == reference.words(text) for text in sentences()]
    assert sum(same) / len(same) >= SAME_AT_LEAST


@pytest.mark.parametrize("word", ["安屿", "芷屿茶事", "智能门锁"])
def test_a_word_of_the_agencys_own_stays_whole(quick: QuickSegmenter, word: str) -> None:
    assert word in quick.words(f"别买{word}了")


@given(st.text(st.sampled_from("安屿锁别买1a.-_ \0😡𠮷哈，"), max_size=40))
def test_words_joined_are_the_text_again(quick: QuickSegmenter, text: str) -> None:
    assert "".join(quick.words(text)) == text


@pytest.mark.parametrize(
    ("word", "is_name"),
    [("张建国", True), ("上海", True), ("周末", True), ("漏风锁", False), ("雪糕刺客", False), ("", False)],
)
def test_persons_places_and_times_are_names(quick: QuickSegmenter, word: str, is_name: bool) -> None:  # noqa: FBT001 -- what is expected
    assert quick.is_name(word) is is_name


def test_the_dictionary_that_nobody_asks_is_let_go() -> None:
    held = [name for name, v in vars(rjieba).items() if isinstance(getattr(v, "__self__", v), rjieba.Jieba)]
    assert held == []
