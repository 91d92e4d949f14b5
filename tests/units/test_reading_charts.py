"""What the charts of docs/reading.md are drawn from: sizes, speeds in turns, weights trained otherwise."""

from collections.abc import Callable, Sequence
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from analysis.corpora import Corpora, Part, part_of
from analysis.model import load_weights
from analysis.training import SEED
from benchmarks.reading_charts import (
    BATCHES,
    KEPT,
    SNOWNLP,
    Runner,
    in_turns,
    pruned,
    size_chart,
    speed_chart,
    speed_name,
)
from benchmarks.reading_trades import (
    KindTrade,
    NeutralTrade,
    kind_chart,
    neutral_chart,
    own_right,
    without_test,
)

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> set[str]:
    return {text.text or "" for text in ET.fromstring(picture).iter(f"{SVG}text")}  # noqa: S314 -- our own


class Slowly:
    """A clock that only reading moves; remembers who read when."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order: list[str] = []

    def reader(self, name: str, seconds: float) -> Callable[[Sequence[str]], None]:
        def read(posts: Sequence[str]) -> None:
            self.order.append(name)
            self.now += seconds * len(posts)

        return read


def test_speeds_are_of_what_each_read_and_all_read_in_turns() -> None:
    slowly = Slowly()
    runners = {
        "fast": Runner(slowly.reader("fast", 0.001), 1_000),
        "slow": Runner(slowly.reader("slow", 0.5), 4),
    }

    found = in_turns(runners, ["post"] * 2_500, lambda: slowly.now)

    assert found == pytest.approx({"fast": 1_000.0, "slow": 2.0})
    assert slowly.order == ["fast", "slow"] * 4


def test_pruning_keeps_the_heaviest_weights_as_they_are() -> None:
    whole = load_weights()
    few = pruned(whole, 1_000)
    for table, before in ((few.polarity, whole.polarity), (few.neutral, whole.neutral)):
        stays = table != 0
        assert stays.sum() >= 1_000
        assert np.array_equal(table[stays], before[stays])
        assert np.abs(before[stays]).min() > np.abs(before[~stays]).max()
    assert pruned(whole, None) is whole


def test_speeds_are_drawn_as_times_snownlp() -> None:
    found = {SNOWNLP: 100.0} | {
        speed_name(kept, batch): 100.0 * batch + (kept or 0) / 1_000 for kept in KEPT for batch in BATCHES
    }
    said = texts(speed_chart(found))
    assert {"1", "10", "100", "1000"} <= said
    assert "SnowNLP 的倍数 times" in said


def test_sizes_are_drawn_over_megabytes() -> None:
    assert {"0.871", "0.894", "0.966"} <= texts(size_chart([(0.72, 0.871, 0.894, 0.966)]))


def test_trades_are_drawn_with_every_measure() -> None:
    neutral = [NeutralTrade(0.0, 0.661, 0.672, 0.9), NeutralTrade(0.15, 0.662, 0.628, 0.92)]
    assert {"0.661", "0.672", "0.900", "0.15"} <= texts(neutral_chart(neutral))
    kinds = KindTrade(0.115, 0.1, 0.034, 0.18, 0.06), KindTrade(0.11, 0.095, 0.029, 0.183, 0.059)
    assert {"0.115", "0.100", "0.034", "0.183", "0.059"} <= texts(kind_chart(*kinds))


def test_trades_are_measured_without_the_test_part() -> None:
    said = tuple(str(number) for number in range(200))
    rest = without_test(Corpora(("a",) * 200, said, (0,) * 200, "digest"))
    assert set(said) - set(rest.text) == {text for text in said if part_of(text, SEED) is Part.TEST}
    assert len(rest.corpus) == len(rest.label) == len(rest.text)
    assert rest.digest != "digest"


def test_our_own_posts_are_read_as_the_floor_set_has_them() -> None:
    assert own_right(load_weights()) > 0.88
