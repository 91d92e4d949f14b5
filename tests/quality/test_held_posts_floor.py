"""Floors under how posts about brands are read; lowering one, or changing a digest, needs a changelog line.

The posts are made up; those that train were written under the same brief: on real posts expect less.
"""

import pytest

from analysis.own_posts import HELD_POSTS, digest_of, read_posts
from benchmarks.held_posts import HeldFigures, held_figures

HELD_DIGEST = "cec015c362fb71c353a03506c95f465bf35e5273a9857dfa55a810b942653007"


@pytest.fixture(scope="module")
def figures() -> HeldFigures:
    return held_figures()


def test_the_posts_are_those_the_floors_were_measured_on() -> None:
    assert digest_of(read_posts(HELD_POSTS)) == HELD_DIGEST


@pytest.mark.parametrize(
    ("figure", "floor"),
    [("accuracy", 0.82), ("macro_f1", 0.81), ("sure", 0.80), ("topics", 0.43), ("precision", 0.49)],
)
def test_posts_are_read_as_their_writers_meant_them(figures: HeldFigures, figure: str, floor: float) -> None:
    assert getattr(figures, figure) >= floor


@pytest.mark.parametrize(("place", "floor"), [(0, 0.83), (1, 0.86), (2, 0.73)], ids=["neg", "neu", "pos"])
def test_no_label_is_read_at_the_cost_of_the_others(figures: HeldFigures, place: int, floor: float) -> None:
    assert figures.recall[place] >= floor


@pytest.mark.parametrize(
    ("figure", "ceiling"), [("wrong_and_sure", 0.115), ("turned", 0.16), ("alarmed", 0.11)]
)
def test_mistakes_stay_as_few_as_they_are(figures: HeldFigures, figure: str, ceiling: float) -> None:
    assert getattr(figures, figure) <= ceiling
