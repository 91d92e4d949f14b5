"""Floors on real brand talk with marked windows (NAB, five brands). Lowering one needs a changelog line."""

import os

import pytest

from benchmarks.leave_one_out import NabScores, leave_one_out
from benchmarks.measuring_data import measuring_data, measuring_tools
from benchmarks.numbers import DETECTOR


@pytest.fixture(scope="module")
def scores() -> NabScores:
    data, tools = measuring_data("nab"), measuring_tools()
    if data is None or tools is None:
        said = (
            "the series or their tool are not beside the checkout; set WANGLOU_SHARED to measure the floors"
        )
        if "shared" in os.environ.get("WANGLOU_REQUIRE", "").split(","):
            pytest.fail(said)
        pytest.skip(said)
    return leave_one_out(tools, DETECTOR, data)


@pytest.mark.shared
def test_what_was_marked_is_found_by_a_bar_that_other_series_chose(scores: NabScores) -> None:
    assert scores.left_out >= 76.0


@pytest.mark.shared
def test_what_was_marked_is_found_by_the_products_own_bar(scores: NabScores) -> None:
    assert scores.fixed >= 80.0
