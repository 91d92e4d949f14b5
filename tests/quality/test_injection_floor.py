"""Floors under crises of known size put into real talk. Lowering one needs a changelog line."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.injections import Fed, injected, scores_of
from benchmarks.leave_one_out import loaded_tool
from benchmarks.measuring_data import measuring_data, measuring_tools
from benchmarks.nab_detector import Detector
from tests.requiring import shared

DIGEST = "59fa9f2b37825a952be740172a8e906ad017fa34cadee668a0852a5275cb2887"
"""Of the series, their windows and the tool: the floors hold for these."""

SAME_ROWS = 3_000


@pytest.fixture(scope="module")
def data() -> Path:
    return shared(measuring_data("nab"), "the series of counts are")


@pytest.fixture(scope="module")
def tools() -> Path:
    return shared(measuring_tools(), "the injection tool is")


@pytest.fixture(scope="module")
def figures(tools: Path, data: Path) -> dict[str, Any]:
    return injected(tools, data)


@pytest.mark.shared
def test_series_and_tool_are_those_the_floors_were_measured_on(tools: Path, data: Path) -> None:
    digest = hashlib.sha256()
    for path in sorted([*data.rglob("*.csv*"), *data.glob("*.json")]):
        digest.update(path.name.encode() + path.read_bytes())
    digest.update((tools / "nab_inject.py").read_bytes() + (tools / "nab_score.py").read_bytes())
    assert digest.hexdigest() == DIGEST


@pytest.mark.shared
def test_all_series_at_once_score_as_one_value_at_a_time(tools: Path, data: Path) -> None:
    found = loaded_tool(tools / "nab_score.py").load([str(data)])
    whole = min(found, key=lambda s: max(s.values))
    times, values = whole.times[:SAME_ROWS], whole.values[:SAME_ROWS]
    skip = np.array([600 <= i < 900 for i in range(SAME_ROWS)])
    one = Detector()
    alone = [0.0 if skipped else one.update(t, v) for t, v, skipped in zip(times, values, skip, strict=True)]

    [scores] = scores_of([Fed(times, values, skip)])

    assert any(alone)
    assert scores.tolist() == pytest.approx(alone)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("crisis", "floor"),
    [("flash x4", 0.45), ("flash x8", 0.70), ("flash x16", 0.88), ("slow x4", 0.75), ("slow x8", 0.92)],
)
def test_crises_put_into_real_talk_are_found(figures: dict[str, Any], crisis: str, floor: float) -> None:
    assert figures["fa_per_brand_week"] <= 1.0
    assert figures[crisis]["found"] >= floor


@pytest.mark.shared
@pytest.mark.parametrize("hours", [6, 36])
@pytest.mark.parametrize("way", ["not observed", "zero-filled"])
def test_outages_add_and_hide_next_to_nothing(figures: dict[str, Any], hours: int, way: str) -> None:
    added, hidden, _ = figures[f"outage {hours} h, {way}"]
    assert added + hidden <= 2
