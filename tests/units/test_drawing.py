"""Charts for the documents: well-formed, labelled, in proportion."""

from xml.etree import ElementTree as ET

import pytest

from benchmarks.drawing import BOTTOM, HEIGHT, TOP, Axis, Line, bars, lines

Y = Axis("found <all>", 0.0, 1.0, "{:.2f}")
INNER = HEIGHT - TOP - BOTTOM
SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314 -- our own


def test_bars_stand_in_proportion_and_say_their_numbers() -> None:
    picture = bars(
        "热榜 & lists", ["×4", "×8"], {"望楼 ours": [0.25, 0.5], "rival": [1.0, 0.0]}, Y, [0.2, 0.4]
    )
    root = ET.fromstring(picture)  # noqa: S314 -- our own
    heights = [float(bar.get("height", "0")) for bar in root.iter(f"{SVG}rect")]

    assert {"热榜 & lists", "望楼 ours", "×8", "0.25", "found <all>"} <= set(texts(picture))
    assert pytest.approx([INNER / 4, INNER, INNER / 2, 0.0], abs=0.1) == heights[-4:]
    assert picture.count("stroke-dasharray") == 2


def test_lines_join_their_points_and_marks_do_not() -> None:
    x = Axis("false alarms", 0.0, 0.5)
    drawn = [Line("a", [(0.0, 0.1), (0.5, 0.9)]), Line("b", [(0.2, 0.3)], joined=False)]
    picture = lines("curve", drawn, x, Y, [0.0])

    assert picture.count("<polyline") == 1
    assert picture.count("<circle") == 3
    assert {"a", "b", "0.90", "false alarms"} <= set(texts(picture))
