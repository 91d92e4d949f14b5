"""A flood in which everybody says the same sentence costs as much as its posts, not their square."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest

from analysis import word_births
from analysis.spoken_runs import units_of
from analysis.word_births import Births, Heard

SECOND = timedelta(seconds=1)
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
SENTENCE = "电池塌方门事件真的太离谱大家看看这个品牌"


def flood(posts: int) -> list[Heard]:
    chance = Random(3)  # noqa: S311 -- no secret

    def noise() -> str:
        return "".join(chr(0x4E00 + chance.randrange(3000)) for _ in range(8))

    texts = [f"{noise()}{SENTENCE}{noise()}" for _ in range(posts)]
    return [
        Heard(
            NOON + 9 * n * SECOND, units_of(text, None), f"author {n}", f"group {n}", troubled=True, text=text
        )
        for n, text in enumerate(texts)
    ]


def looks_at_neighbours(posts: int, monkeypatch: pytest.MonkeyPatch) -> float:
    """Voices looked at to tell pieces from words, a run that enough people share."""
    looked: dict[str, int] = {}
    stands_alone = word_births._Run.stands_alone

    def counted(run: word_births._Run, voices: frozenset[int]) -> bool:
        looked[run.word] = looked.get(run.word, 0) + len(voices)
        return stands_alone(run, voices)

    monkeypatch.setattr(word_births._Run, "stands_alone", counted)
    births = Births(flood(posts), lambda hashes: np.zeros(len(hashes), bool), lambda _: 1.0, lambda _: 1.0)
    births.found([True] * posts)
    monkeypatch.undo()
    return sum(looked.values()) / len(looked)


def test_four_times_the_posts_are_looked_at_some_four_times_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (looks_at_neighbours(posts, monkeypatch) for posts in (150, 600))
    assert many < 6 * few
