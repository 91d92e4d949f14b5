"""How many copies are found, and how many texts of their own are taken for copies, on our own sentences."""

import csv
from collections.abc import Callable
from itertools import combinations

import pytest
from opencc import OpenCC

from analysis.floor_set import OWN
from analysis.reposts import NEAR_COPY_LENGTH, assign, fingerprints

TRADITIONAL = OpenCC("s2t")


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    with OWN.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row["text"] for row in rows if len(row["text"]) > NEAR_COPY_LENGTH]


@pytest.fixture(scope="module")
def posts(sentences: list[str]) -> list[str]:
    """Two sentences each, as posts are long: 45 characters on average."""
    return [a + "。" + b for a, b in zip(sentences, sentences[1:] + sentences[:1], strict=True)]


def grouped(original: str, copy: str) -> bool:
    placed = assign({"a": fingerprints("\n" + original), "b": fingerprints("\n" + copy)}, {})
    return placed["a"][0] == placed["b"][0]


def every_nth_replaced(text: str, nth: int) -> str:
    return "".join("某" if i % nth == nth - 1 else c for i, c in enumerate(text))


@pytest.mark.parametrize(
    ("change", "floor"),
    [
        (TRADITIONAL.convert, 1.0),
        (lambda text: "转发微博//@小区业主: " + text, 1.0),
        (lambda text: text + "😡[怒][怒] http://t.cn/A6x", 0.99),
        (lambda text: text[: len(text) - 4], 0.98),
        (lambda text: every_nth_replaced(text, 20), 0.93),
        (lambda text: text + "，大家怎么看", 0.98),
    ],
    ids=["traditional", "forwarded", "decorated", "cut short", "one in 20 characters", "a question added"],
)
def test_copies_are_found(posts: list[str], change: Callable[[str], str], floor: float) -> None:
    found = [grouped(post, change(post)) for post in posts]
    assert sum(found) / len(found) >= floor


def test_no_two_of_our_sentences_are_taken_for_copies(sentences: list[str]) -> None:
    prints = {s: fingerprints("\n" + s) for s in sentences}
    assert all(voice for _, voice in assign(prints, {}).values())
    assert len(list(combinations(prints, 2))) > 4_000
