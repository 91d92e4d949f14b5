"""The table of numbers: what was measured is kept, a broken run goes on, the rules of counting hold."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.board_cases import Case, Told
from benchmarks.board_curve import at_bar, listed_words, shipped
from benchmarks.numbers import MEASURES, Number, Places, as_table, main, measured

NOWHERE = Places(None, None, None, None)
ONSET = datetime(2026, 3, 15, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def told(hours: float, score: float = 9.0) -> Told:
    return Told(ONSET + HOUR * hours, score, score, int(score))


def crisis(*seen: Told) -> Case:
    return Case("crisis", seen, (ONSET - 14 * DAY, ONSET + 7 * DAY), ONSET, ONSET, ())


def launch(*seen: Told) -> Case:
    return Case("benign", seen, (ONSET - 7 * DAY, ONSET + 7 * DAY), None, None, ())


def burst(*seen: Told) -> Case:
    return Case("burst", seen, (ONSET - DAY, ONSET + 6 * HOUR), ONSET, ONSET, ())


def test_a_table_has_a_head_and_straight_columns() -> None:
    lines = as_table([Number("crises", "words .5", ".85", ".90", ".917")]).splitlines()
    assert [line.index("got" if i == 0 else ".917") for i, line in enumerate(lines)] == [
        lines[0].index("got")
    ] * 2


def test_without_data_nothing_is_claimed() -> None:
    assert measured(list(MEASURES), NOWHERE, None) == []


def test_what_was_measured_is_kept_and_not_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, asked = tmp_path / "kept.json", []

    def nab(_: Places) -> list[Number]:
        asked.append("nab")
        return [Number("NAB", "66", "70", "78", "77.0")]

    monkeypatch.setattr("benchmarks.numbers.MEASURES", {"nab": nab})
    first = measured(["nab"], NOWHERE, keep)
    assert measured(["nab"], NOWHERE, keep) == first
    assert asked == ["nab"]


def test_an_unknown_measure_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["mood"])
    assert stopped.value.code == 2
    assert "headlines" in capsys.readouterr().err


def test_a_crisis_counts_as_found_until_six_hours_after_its_onset() -> None:
    quiet = [launch(), burst()]
    assert shipped([crisis(told(6)), *quiet]).found == 1
    assert shipped([crisis(told(7)), *quiet]).found == 0
    assert shipped([crisis(told(1, score=0.0)), *quiet]).found == 0


def test_what_a_crisis_brings_is_no_false_alarm_and_what_came_before_is() -> None:
    assert shipped([crisis(told(2)), launch(), burst()]).false_alarms == 0
    assert shipped([crisis(told(-48)), launch(), burst()]).before == pytest.approx(7 / (14 - 1 / 24))


def test_alarms_of_one_day_are_one_and_those_of_known_trouble_none() -> None:
    twice = shipped([crisis(), launch(told(0), told(23), told(24)), burst()])
    assert twice.benign == pytest.approx(1.0)
    known = Case("benign", (told(0),), (ONSET - 7 * DAY, ONSET + 7 * DAY), None, None, [(ONSET, ONSET + DAY)])
    assert shipped([crisis(), known, burst()]).benign == 0


@given(st.lists(st.floats(0, 12), max_size=6), st.floats(0, 12), st.floats(0, 12))
def test_a_lower_bar_finds_no_less_and_calls_no_less_often(
    scores: list[float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    seen = [told(i * 5 - 12, score) for i, score in enumerate(scores)]
    found = [crisis(*seen), launch(*seen), burst(*seen)]
    below, above = at_bar(found, low), at_bar(found, high)
    assert below.found >= above.found
    assert below.bursts >= above.bursts


def test_the_rival_counts_titles_with_listed_words() -> None:
    found = [crisis(told(1, score=2.0)), launch(), burst(told(1, score=2.0))]
    assert listed_words(found, 2).found == 1
    assert listed_words(found, 3).found == 0
