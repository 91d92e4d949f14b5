"""The parts of pages: charts, times, marks, the watch, and the colours."""

import re
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.web.begun import Begun, begun
from desk.web.charts import axis_top, draw
from desk.web.passages import Passage, cut, excerpt, marked
from desk.web.rendering import HOME
from desk.web.times import Times
from desk.web.watch import Handover, blind_sources, next_handover, tile_state
from tests.pages_sample import CALM, HOUR, MINUTE, NOW, SHAPE, ZONE, health, sources, volume
from wanglou.domain.client import Brand, Client
from wanglou.domain.duty import Rota, Shift
from wanglou.domain.volume import WARM_UP
from wanglou.ports import ClientTile, TilePoint

# -- charts


def numbers(path: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?[\d.]+", path)]


def test_a_chart_of_nothing_is_no_chart() -> None:
    assert draw((), NOW) is None


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=48))
def test_everything_drawn_lies_inside_the_box(counts: list[int]) -> None:
    points = [
        TilePoint(NOW + i * HOUR, n, n // 2, usual_low=n * 0.5, usual_high=n * 2.0)
        for i, n in enumerate(counts)
    ]
    chart = draw(points, NOW + 100 * HOUR)
    assert chart
    drawn = numbers(chart.line) + numbers(chart.band) + numbers(chart.negatives)
    assert all(-0.01 <= n <= 100.01 for n in drawn)
    assert all(0 <= b.y <= 100 and abs(b.y + b.height - 100) < 0.02 for b in chart.bars)
    assert all(b.negative_height <= b.height + 0.01 for b in chart.bars)


@given(st.floats(0, 1e9))
def test_the_top_of_an_axis_is_round_and_holds_everything(highest: float) -> None:
    top = axis_top(highest)
    assert top >= highest
    assert top >= 4
    assert float(f"{top:.2g}") == top
    assert (top / 2).is_integer()


def test_the_hour_that_is_not_over_is_drawn_apart() -> None:
    chart = draw(volume(), NOW)
    assert chart
    assert [b.has_gone for b in chart.bars] == [True] * 23 + [False]
    assert numbers(chart.tail)[:2] == numbers(chart.line)[-2:]


@pytest.mark.parametrize(("hours", "wide"), [(24, 1), (48, 1), (49, 2), (15 * 24, 12)])
def test_a_long_story_is_drawn_in_wider_bars_that_lose_nothing(hours: int, wide: int) -> None:
    points = [TilePoint(NOW + i * HOUR, i % 7, i % 3, 1.0, 2.0) for i in range(hours)]
    chart = draw(points, NOW + 1000 * HOUR)
    assert chart
    assert chart.hours == wide
    assert len(chart.bars) <= 48
    assert sum(b.point.mentions for b in chart.bars) == sum(p.mentions for p in points)
    assert sum(b.point.usual_high or 0 for b in chart.bars) == 2.0 * hours
    assert len(chart.ticks) <= 7


def test_where_history_is_short_there_is_no_band() -> None:
    chart = draw(volume(band=False), NOW)
    assert chart
    assert chart.band == ""


def test_a_band_with_a_gap_is_drawn_in_two() -> None:
    points = list(volume())
    points[10] = TilePoint(points[10].start, 5, 0, None, None)
    chart = draw(points, NOW)
    assert chart
    assert chart.band.count("M") == chart.band.count("Z") == 2


@pytest.mark.parametrize(("ago", "place"), [(timedelta(0), 96.2), (timedelta(days=3), None)])
def test_the_alert_is_marked_where_it_happened(ago: timedelta, place: float | None) -> None:
    chart = draw(volume(), NOW, NOW - ago)
    assert chart
    assert chart.alert == pytest.approx(place, abs=0.1) if place else chart.alert is None


# -- times


def said(language: str = "zh") -> Times:
    return Times(ZONE, language, NOW)


@pytest.mark.parametrize(
    ("gap", "zh", "en"),
    [
        (timedelta(seconds=20), "不到 1 分钟", "under 1 min"),
        (12 * MINUTE, "12 分钟", "12 min"),
        (2 * HOUR, "2 小时", "2 h"),
        (2 * HOUR + 5 * MINUTE, "2 小时 5 分钟", "2 h 5 min"),
        (47 * HOUR, "47 小时", "47 h"),
        (75 * HOUR, "3 天 3 小时", "3 d 3 h"),
    ],
)
def test_spans_are_said_in_two_units_at_most(gap: timedelta, zh: str, en: str) -> None:
    assert said().span(gap) == zh
    assert said("en").span(gap) == en


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        (NOW, "14:05", "14:05"),
        (NOW + 24 * HOUR, "周五 14:05", "Fri 14:05"),
        (NOW - 6 * 24 * HOUR, "周五 14:05", "Fri 14:05"),
        (NOW + 7 * 24 * HOUR, "11月19日 14:05", "19/11 14:05"),
    ],
)
def test_a_weekday_stands_for_one_day_only(moment: datetime, zh: str, en: str) -> None:
    assert said().clock(moment) == zh
    assert said("en").clock(moment) == en


def test_the_absolute_time_has_date_weekday_and_seconds() -> None:
    assert said().full(NOW) == "2026年11月12日 周四 14:05:00"
    assert said("en").full(NOW) == "Thu 2026-11-12 14:05:00"


def test_what_is_late_says_by_how_much() -> None:
    assert said().left(NOW + 12 * MINUTE) == "还有 12 分钟"
    assert said().left(NOW - 12 * MINUTE) == "已超 12 分钟"
    assert said("en").left(NOW) == "under 1 min late"


def test_what_just_happened_happened_just_now() -> None:
    assert said().ago(NOW - timedelta(seconds=30)) == "刚刚"
    assert said().ago(NOW - 3 * MINUTE) == "3 分钟前"
    assert said("en").seconds(timedelta(seconds=2.4)) == "2.4 s"


# -- marks

SPANS = st.lists(st.tuples(st.integers(-5, 80), st.integers(-5, 80)), max_size=5)


@given(st.text(max_size=60), SPANS, st.lists(st.text(max_size=4), max_size=10))
def test_marking_loses_no_character(text: str, spans: list[tuple[int, int]], words: list[str]) -> None:
    pieces = marked(text, spans, words)
    assert len("".join(p.text for p in pieces)) == len(text)
    assert all(p.text for p in pieces)
    assert all(a.mark != b.mark for a, b in pairwise(pieces))


@given(st.text(min_size=1, max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_a_cut_is_a_slice(text: str, start: int, end: int) -> None:
    pieces = marked(text, [(3, 9)], ["a"])
    whole = "".join(p.text for p in pieces)
    assert "".join(p.text for p in cut(pieces, start, end)) == whole[start : max(end, start)]


def test_the_brand_wins_where_marks_overlap() -> None:
    assert marked("安屿锁弹开", [(0, 2)], ["屿锁", "弹开"]) == [
        Passage("安屿", "brand"),
        Passage("锁弹开", "word"),
    ]


def test_an_excerpt_shows_the_first_mark_with_its_surroundings() -> None:
    text = "前" * 500 + "安屿" + "后" * 500
    pieces = excerpt(marked(text, [(500, 502)], []))
    shown = "".join(p.text for p in pieces)
    assert "安屿" in shown
    assert shown.startswith("…前")
    assert shown.endswith("后…")
    assert len(shown) == 222


# -- the watch

DAY, NIGHT = Shift("lin", time(8), time(20)), Shift("li", time(20), time(8))


def test_the_next_handover_is_when_other_people_watch() -> None:
    at_eight = datetime(2026, 11, 12, 20, tzinfo=ZONE)
    assert next_handover(Rota(ZONE, (DAY, NIGHT)), NOW) == Handover(at_eight, ("li",))


def test_a_gap_in_the_rota_is_a_handover_to_nobody() -> None:
    handover = next_handover(Rota(ZONE, (DAY,)), NOW)
    assert handover
    assert handover.people == ()


def test_a_rota_that_never_changes_has_no_handover() -> None:
    assert next_handover(Rota(ZONE, ()), NOW) is None
    always = Rota(ZONE, (Shift("lin", time(0), time(12)), Shift("lin", time(12), time(0))))
    assert next_handover(always, NOW) is None


def test_weekday_shifts_hand_over_across_the_weekend() -> None:
    weekdays = frozenset(range(5))
    rota = Rota(ZONE, (Shift("lin", time(8), time(20), weekdays),))
    friday_night = datetime(2026, 11, 13, 21, tzinfo=ZONE).astimezone(UTC)
    assert next_handover(rota, friday_night) == Handover(datetime(2026, 11, 16, 8, tzinfo=ZONE), ("lin",))


def test_sources_go_blind_by_state_by_silence_and_by_stall() -> None:
    seen = blind_sources(sources(), health(blind=2), NOW)
    assert [b.state for b in seen] == ["blocked", "blocked"]
    later = blind_sources(sources(), health(), NOW + HOUR)
    assert {b.state for b in later} == {"stalled"}
    assert {b.state for b in blind_sources(sources(), (), NOW)} == {"unknown"}


@pytest.mark.parametrize(
    ("shape", "seen", "incidents", "blind", "state"),
    [
        (CALM, WARM_UP, 0, 0, "quiet"),
        (CALM, WARM_UP - 1, 0, 0, "begun"),
        (CALM, 0, 0, 1, "unknown"),
        (SHAPE, 0, 0, 1, "unusual"),
        (SHAPE, 0, 2, 1, "incident"),
        ((*CALM[:20], 99, 1, 1, 1), WARM_UP, 0, 0, "quiet"),  # it was loud, and is not any more
    ],
)
def test_a_tile_says_the_gravest_that_is_true(
    shape: tuple[int, ...], seen: int, incidents: int, blind: int, state: str
) -> None:
    tile = ClientTile("anju", volume(shape), (), (("安屿", seen),))
    anju = Client("anju", "安屿", (Brand("安屿", ()),))
    assert tile_state(tile, anju, open_incidents=incidents, blind=blind) == state


@pytest.mark.parametrize(
    ("observed", "least"),
    [
        ((("安屿", WARM_UP), ("云砚", 36)), Begun("云砚", 3 * HOUR)),
        ((("安屿", 12), ("云砚", 36)), Begun("安屿", HOUR)),
        ((("安屿", WARM_UP),), Begun("云砚", 0 * HOUR)),
        ((("安屿", WARM_UP), ("云砚", WARM_UP), ("旧牌", 0)), None),  # a brand that left the config
        ((), Begun("安屿", 0 * HOUR)),
    ],
)
def test_a_client_has_just_begun_by_the_brand_least_observed(
    observed: tuple[tuple[str, int], ...], least: Begun | None
) -> None:
    client = Client("anju", "安屿", (Brand("安屿", ()), Brand("云砚", ())))
    assert begun(client, ClientTile("anju", (), (), observed)) == least


# -- colours

SHEET = (HOME / "static" / "desk.css").read_text(encoding="utf-8")


def palettes() -> dict[str, dict[str, str]]:
    roots = re.findall(r":root \{([^}]*)\}", SHEET)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", r)) for r in roots[:2])
    return {"light": light, "dark": {**light, **dark}}


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_measure_of_contrast_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("paper", ["paper", "raised", "wash", "red-tint"])
@pytest.mark.parametrize("ink", ["ink", "muted"])
def test_text_is_readable(scheme: str, ink: str, paper: str) -> None:
    colours = palettes()[scheme]
    assert contrast(colours[ink], colours[paper]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("severity", ["red", "orange", "yellow", "blue"])
def test_severity_marks_are_readable_and_stand_out(scheme: str, severity: str) -> None:
    colours = palettes()[scheme]
    assert contrast(colours[f"{severity}-on"], colours[severity]) >= 4.5
    assert contrast(colours[f"{severity}-line"], colours["paper"]) >= 3
    assert contrast(colours[f"{severity}-line"], colours["red-tint"]) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_bars_and_the_brand_mark_are_visible(scheme: str) -> None:
    colours = palettes()[scheme]
    assert contrast(colours["edge"], colours["raised"]) >= 3
    assert contrast(colours["bar"], colours["paper"]) >= 3
    assert contrast(colours["ink"], colours["brand-mark"]) >= 4.5
