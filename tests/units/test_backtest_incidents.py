"""A list of past incidents: read as people write it, every mistake named with its line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from desk.backtesting.known import BadIncidentsError, read_incidents
from desk.backtesting.result import Past
from wanglou.domain.client import Brand, Client
from wanglou.domain.topic import Topic

CLIENTS = {
    "lock": Client("lock", "安屿智能家居", (Brand("安屿", ()),)),
    "tea": Client("tea", "芷屿茶事", (Brand("芷屿茶事", ()), Brand("半日青", ()))),
}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(*lines: str) -> list[Past]:
    return read_incidents(lines, "list.csv", CLIENTS, SHANGHAI)


def test_an_incident_is_read_in_the_agencys_zone() -> None:
    [found] = read("client,brand,topic,onset", "tea,半日青,food_safety,2026-03-10 14:05")
    onset = datetime(2026, 3, 10, 6, 5, tzinfo=UTC)
    assert found == Past("tea", "半日青", Topic.FOOD_SAFETY, onset, None, None, "list.csv:2")


def test_the_only_brand_the_topic_and_the_telling_may_be_left_out() -> None:
    [found] = read(
        "\ufeffClient, onset, told, brand",
        "lock, 2026-03-10T14:05+08:00, 2026-03-10 15:00,",
        "",
    )
    assert (found.brand, found.topic) == ("安屿", None)
    assert found.told == datetime(2026, 3, 10, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("lok,安屿,,2026-03-10", 'list.csv:2: client: there is no client "lok"; did you mean lock?'),
        ("house,安屿,,2026-03-10", "known: lock, tea"),
        ("tea,,,2026-03-10", 'list.csv:2: brand: tea has no brand ""'),
        ("lock,安宇,,2026-03-10", 'lock has no brand "安宇"'),
        ("lock,安屿,safety,2026-03-10", 'topic: there is no topic "safety"'),
        ("lock,安屿,,yesterday", 'onset: found "yesterday"; write it like 2026-03-10 14:05'),
        ("lock,安屿,,0001-01-01", "onset: found"),
        ("lock,安屿", 'onset: found ""'),
    ],
)
def test_a_mistake_is_named_by_its_line(line: str, found: str) -> None:
    with pytest.raises(BadIncidentsError) as refused:
        read("client,brand,topic,onset", line)
    assert found in str(refused.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(BadIncidentsError) as refused:
        read("client,brand,onset", "x,安屿,2026-03-10", "lock,安屿,2026-03-10", "y,安屿,soon")
    assert [line.split(":")[1] for line in str(refused.value).splitlines()] == ["2", "4", "4"]


@pytest.mark.parametrize("header", ["", "brand,topic,onset", "client;brand;onset"])
def test_a_list_without_its_columns_says_which(header: str) -> None:
    with pytest.raises(BadIncidentsError, match=r"list\.csv:1: no column .*write client,brand,topic,onset"):
        read(header)


def test_more_cells_than_columns_do_no_harm() -> None:
    assert len(read("client,brand,onset", "lock,安屿,2026-03-10,more,and more")) == 1
