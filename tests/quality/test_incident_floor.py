"""Floors under incidents of real hot lists, by all verbs. Lowering one needs a changelog line.

Two stretches of the seven, with three crises and two launches: the whole takes too long for every change.
"""

from typing import Any

import pytest

from benchmarks.measuring_data import measuring_data, measuring_tools
from benchmarks.replay_score import measure
from tests.requiring import shared

BLOCKS = ("20240422-20240514", "20251223-20260121")


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    data = shared(measuring_data("replay"), "the hot lists are")
    tools = shared(measuring_tools(), "their scoring tool is")
    return measure(data, tools / "replay_score.py", tmp_path_factory.mktemp("replay"), BLOCKS)


@pytest.mark.shared
def test_each_crisis_is_an_incident_within_six_hours(figures: dict[str, dict[str, Any]]) -> None:
    found = figures["incidents from yellow"]
    assert found["missed"] == []
    assert found["recall_within_h_of_onset"]["6"] == 1.0
    assert found["recall_within_h_of_onset"]["3"] >= 0.66


@pytest.mark.shared
def test_few_incidents_are_false(figures: dict[str, dict[str, Any]]) -> None:
    found = figures["incidents from yellow"]
    assert found["false_alarms_before_crises"]["false_alarms"] <= 1
    assert found["false_alarms_benign"]["false_alarms"] <= 1
