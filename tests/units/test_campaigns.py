"""Planned campaigns change what is expected; what goes beyond is seen all the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.detector import Buckets
from analysis.detectors.burst import PLUGIN as BURST
from analysis.detectors.negative_surge import PLUGIN as NEGATIVE_SURGE
from analysis.volume import with_plans
from tests.units.config.agency_folder import Folder
from wanglou.config.clients import CampaignSheet
from wanglou.domain.client import Alias, Brand, Campaign, Client
from wanglou.domain.signal import Signal
from wanglou.domain.source import SourceClass
from wanglou.domain.volume import BUCKET, Series

T0 = datetime(2026, 3, 1, 16, tzinfo=UTC)
"""Midnight in Beijing."""

DAY, HOUR = 288, 12
Floats = NDArray[np.float64]
LAUNCH = Campaign("发布会", T0 + timedelta(days=15), T0 + timedelta(days=17), 6.0, ("安屿",))


def look(voices: Floats, negatives: Floats) -> Buckets:
    return Buckets(
        series=[Series("lock", "安屿", SourceClass.SOCIAL), Series("tea", "安屿", SourceClass.SOCIAL)],
        starts=[T0 + BUCKET * i for i in range(voices.size)],
        voices=np.stack([voices, voices]),
        negatives=np.stack([negatives, negatives]),
        reach=np.stack([voices, voices]),
        exposure=np.ones((2, voices.size)),
        closed=voices.size,
    )


def planned(buckets: Buckets, *campaigns: Campaign) -> Buckets:
    client = Client("lock", "安屿智能家居", (Brand("安屿", (Alias("安屿"),)),), campaigns=campaigns)
    return with_plans(buckets, [client])


def launch_days(times: float, seed: int = 4) -> tuple[Floats, Floats]:
    """Sixteen usual days' talk with a launch of two days among them, one voice in seven negative."""
    rng = np.random.default_rng(seed)
    rate = np.full(18 * DAY, 20.0 / HOUR)
    rate[15 * DAY : 17 * DAY] *= times
    voices = rng.poisson(rate)
    return voices.astype(float), rng.binomial(voices, 1 / 7).astype(float)


def heard(buckets: Buckets, client: str = "lock") -> list[Signal]:
    found = []
    for plugin in (BURST, NEGATIVE_SURGE):
        detector = plugin({})
        found += detector.advance(detector.start(), buckets, T0)[1]
    return [s for s in found if s.client == client and s.at >= LAUNCH.since]


def test_a_launch_as_planned_raises_nothing_and_an_unplanned_one_does() -> None:
    buckets = look(*launch_days(6.0))

    assert heard(planned(buckets, LAUNCH)) == []
    assert heard(buckets)


def test_a_campaign_of_one_client_changes_nothing_for_another() -> None:
    assert heard(planned(look(*launch_days(6.0)), LAUNCH), client="tea")


def crisis(voices: Floats, negatives: Floats, at: int, an_hour: float) -> tuple[Floats, Floats]:
    voices, negatives = voices.copy(), negatives.copy()
    voices[at : at + 3 * HOUR] += an_hour / HOUR
    negatives[at : at + 3 * HOUR] += an_hour / HOUR
    return voices, negatives


def test_a_crisis_during_the_launch_is_found_within_the_hour() -> None:
    at = 15 * DAY + 8 * HOUR
    signals = heard(planned(look(*crisis(*launch_days(6.0), at, 240.0)), LAUNCH))

    assert "negative_surge" in {s.kind for s in signals}
    assert min(s.at for s in signals) <= T0 + (at + HOUR) * BUCKET


def test_the_sentence_says_what_was_counted() -> None:
    voices, negatives = crisis(*launch_days(6.0), 15 * DAY + 8 * HOUR, 240.0)
    signal = next(s for s in heard(planned(look(voices, negatives), LAUNCH)) if s.because.facts["hours"] == 1)
    first, last = ((t - T0) // BUCKET for t in (signal.evidence.since, signal.evidence.until))

    assert signal.because.facts["negatives"] == int(negatives[first:last].sum())


def test_a_launch_makes_nobody_deaf_afterwards() -> None:
    at = 17 * DAY + 8 * HOUR
    found = [
        bool([s for s in heard(buckets) if s.at >= T0 + at * BUCKET])
        for buckets in (planned(look(*crisis(*launch_days(6.0), at, 60.0)), LAUNCH),)
    ]

    assert found == [True]


def test_of_two_campaigns_at_a_time_the_larger_counts_and_outside_nothing_is_planned() -> None:
    buckets = look(*launch_days(6.0))
    small = replace(LAUNCH, factor=2.0, until=LAUNCH.until + timedelta(days=1))
    plans = planned(buckets, LAUNCH, small).planned

    assert plans is not None
    assert [plans[0, day * DAY] for day in (14, 15, 17)] == [1.0, 6.0, 2.0]
    assert plans[1].max() == 1.0
    assert planned(buckets, replace(LAUNCH, brands=("半日青",))).planned is None


def test_days_are_whole_ones_by_the_agencys_clock() -> None:
    sheet = CampaignSheet.model_validate(
        {"name": "发布会", "from": "2026-03-10", "until": "2026-03-11", "factor": 5}
    )
    campaign = sheet.campaign(["安屿"], ZoneInfo("Asia/Shanghai"))

    assert campaign.since == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert campaign.until == datetime(2026, 3, 11, 16, tzinfo=UTC)
    assert campaign.brands == ("安屿",)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{name: 促销, from: 2026-03-10, until: 2026-03-09, factor: 5}", "is before"),
        ("{name: 促销, from: 2026-03-10, until: 2026-03-12, factor: 5, brands: [安宇]}", '"安宇"'),
        ("{name: 促销, from: 2026-03-10, until: 2026-03-12, factor: 1}", "factor"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_with_its_line(tmp_path: Path, line: str, found: str) -> None:
    folder = Folder(tmp_path)
    client = folder.path("clients/lock.yaml")
    client.write_text(f"{client.read_text(encoding='utf-8')}\ncampaigns:\n  - {line}\n", encoding="utf-8")

    [problem] = folder.problems()
    assert found in problem
