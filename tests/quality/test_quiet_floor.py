"""Floors under how quiet the sample rules are and how soon they tell. Lowering one needs a changelog line."""

import numpy as np
import pytest

from benchmarks.quiet_incidents import CRISES, Found, a_week, found, in_time
from desk.cli._kinds import kinds_here
from desk.cli._options import LIBRARY
from desk.sample import SAMPLE_CONFIG
from wanglou.config.folder import load
from wanglou.domain.severity import Severity

BRANDS, DAYS, SEED = 80, 35, 2026
SMALL = range(15)
"""Brands of half a mention a day to two."""


@pytest.fixture(scope="module")
def measured() -> Found:
    rules = list(load(SAMPLE_CONFIG, LIBRARY, kinds_here()).rules.values())
    return found(rules, BRANDS, DAYS, SEED, CRISES[:2])


def test_quiet_brands_hardly_ever_become_an_incident(measured: Found) -> None:
    assert a_week(measured.quiet, BRANDS * DAYS / 7) <= 0.08
    assert a_week(measured.quiet, BRANDS * DAYS / 7, Severity.ORANGE) <= 0.015
    assert measured.quiet, "nothing was opened at all: the rules met no signal"


@pytest.mark.parametrize(("crisis", "hours", "floor"), [(0, 3, 0.75), (0, 6, 0.9), (1, 1, 0.6), (1, 3, 0.9)])
def test_a_crisis_is_an_incident_in_time(measured: Found, crisis: int, hours: int, floor: float) -> None:
    assert in_time(measured.crises[CRISES[crisis].name], hours, range(BRANDS)) >= floor


def test_small_brands_alert_too(measured: Found) -> None:
    assert in_time(measured.crises[CRISES[1].name], 3, SMALL) >= 0.8
    assert np.all(measured.crises[CRISES[1].name][0] >= DAYS * 288)
