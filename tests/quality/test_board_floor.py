"""Floors under finding trouble on hot lists, brands kept back. Lowering one needs a changelog line."""

import hashlib
from pathlib import Path

import pytest

from benchmarks.board_cases import Point
from benchmarks.board_curve import cases, shipped
from benchmarks.measuring_data import measuring_data
from tests.requiring import shared

DIGEST = "1180c7232d465ddacfe92685790ea30d0c95eb83f37c38df99db14dc70d608e5"
"""Of the streams and their marks: the floors hold for these."""


@pytest.fixture(scope="module")
def folder() -> Path:
    return shared(measuring_data("replay"), "the hot lists are")


@pytest.fixture(scope="module")
def measured(folder: Path) -> Point:
    return shipped(cases(folder))


@pytest.mark.shared
def test_the_hot_lists_are_those_the_floors_were_measured_on(folder: Path) -> None:
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.jsonl.gz"), *folder.glob("*.json")]):
        digest.update(path.name.encode() + path.read_bytes())
    assert digest.hexdigest() == DIGEST


@pytest.mark.shared
def test_trouble_is_found_soon_enough_and_often_enough(measured: Point) -> None:
    assert measured.found >= 0.85
    assert measured.bursts >= 0.65
    assert measured.further >= 0.70


@pytest.mark.shared
def test_quiet_weeks_and_launches_stay_quiet(measured: Point) -> None:
    assert measured.false_alarms <= 0.10
    assert measured.before <= 0.05
    assert measured.benign <= 0.16
    assert measured.wide <= 0.13
