"""Floors on real brand talk with marked windows (NAB, five brands). Lowering one needs a changelog line."""

import pytest

from benchmarks.leave_one_out import NabScores, leave_one_out
from benchmarks.measuring_data import measuring_data, measuring_tools
from benchmarks.numbers import DETECTOR
from tests.requiring import shared


@pytest.fixture(scope="module")
def scores() -> NabScores:
    data, tools = shared(measuring_data("nab"), "the series are"), shared(measuring_tools(), "their tool is")
    return leave_one_out(tools, DETECTOR, data)


@pytest.mark.shared
def test_what_was_marked_is_found_by_a_bar_that_other_series_chose(scores: NabScores) -> None:
    assert scores.left_out >= 76.0


@pytest.mark.shared
def test_what_was_marked_is_found_by_the_products_own_bar(scores: NabScores) -> None:
    assert scores.fixed >= 80.0
