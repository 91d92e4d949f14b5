"""Floors under the reading of headlines on unseen brands. Lowering one needs a changelog line."""

import pytest

from analysis.headline_training import HeadlineFigures
from benchmarks.headlines import figures
from benchmarks.measuring_data import measuring_data
from tests.requiring import shared


@pytest.fixture(scope="module")
def measured() -> dict[str, HeadlineFigures]:
    return figures(shared(measuring_data("replay"), "the labelled headlines are"), (0,))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("given", "figure", "floor"),
    [
        ("context", "macro_f1", 0.59),
        ("context", "f1_neg", 0.73),
        ("alone", "macro_f1", 0.55),
        ("alone", "f1_neg", 0.67),
    ],
)
def test_headlines_of_unseen_brands_read_no_worse_than_their_floor(
    measured: dict[str, HeadlineFigures], given: str, figure: str, floor: float
) -> None:
    assert getattr(measured[given], figure) >= floor
