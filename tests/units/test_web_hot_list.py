"""Posts from hot lists on the incident page: their place is said, and nothing of theirs is active."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.web.incident import stories
from desk.web.ranks import rank_chart
from tests.pages_fakes import open_desk, sample_reader
from tests.pages_sample import NOW, evidence, full_view
from wanglou.domain.item import BoardPlace, Placed
from wanglou.storage.engine import SqlStorage


def page(storage: SqlStorage, language: str, **changes: object) -> str:
    first, *others = evidence()
    item = replace(first.item, **changes)  # type: ignore[arg-type]  # a test names the fields it changes
    reader = sample_reader()
    reader.show(replace(full_view(), evidence=(replace(first, item=item), *others)))
    desk = open_desk(storage, reader)
    return desk.signed_in("wang").get(f"/incidents/inc-anju-12?lang={language}").text


@pytest.mark.parametrize(("language", "told"), [("zh", "热榜第 3 位"), ("en", "no. 3 on the hot list")])
def test_a_post_from_a_hot_list_says_its_place(sqlite_storage: SqlStorage, language: str, told: str) -> None:
    assert told in page(sqlite_storage, language, board=BoardPlace("hot", 3))
    assert told not in page(sqlite_storage, language)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>"])
def test_an_entry_stored_by_whatever_road_is_shown_dead(sqlite_storage: SqlStorage, url: str) -> None:
    hostile = "安屿<script>alert(2)</script><img src=x onerror=alert(3)>"
    shown = page(sqlite_storage, "zh", url=url, title=hostile, board=BoardPlace("hot", 1))
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert 'href="javascript:' not in shown
    assert 'href="data:' not in shown


def moves(*seen: tuple[int, int, int | None]) -> tuple[Placed, ...]:
    return tuple(
        Placed(NOW - timedelta(minutes=minutes), BoardPlace("hot", rank, heat))
        for minutes, rank, heat in seen
    )


def test_how_it_moved_is_drawn_and_the_table_says_the_same(sqlite_storage: SqlStorage) -> None:
    first, *others = evidence()
    item = replace(first.item, board=BoardPlace("hot", 1))
    listed = moves((60, 48, 3_000), (30, 5, None), (10, 1, 982_000))
    view = replace(full_view(), evidence=(replace(first, item=item), *others), placed={item.key: listed})
    reader = sample_reader()
    reader.show(view)
    page = open_desk(sqlite_storage, reader).signed_in("wang").get("/incidents/inc-anju-12").text
    told = "13:05 第 48 位，13:55 第 1 位，最高第 1 位"
    figure = page[page.index('<figure class="ranks">') :].partition("</figure>")[0]
    assert page.count('<figure class="ranks">') == 1
    assert f'role="img" aria-label="{told}"' in figure
    assert "榜单标注热度 982,000" in figure
    cells = re.findall(r"<t[hd][^>]*>([^<]+)</t[hd]>", figure.partition("<tbody>")[2])
    assert cells == ["13:05", "48", "3,000", "13:35", "5", "–", "13:55", "1", "982,000"]


def test_what_moved_on_a_hot_list_stands_before_the_posts() -> None:
    seen = evidence()
    last = seen[-1]
    found = stories(seen, {last.item.key: moves((60, 48, None), (10, 1, None))})
    usual = [story.mention for story in stories(seen)]
    assert found[0].ranks is not None
    assert last.mention.group == found[0].mention.mention.group
    assert [s.mention for s in found[1:]] == [one for one in usual if one != found[0].mention]


def test_the_line_falls_with_time_and_rises_with_rank() -> None:
    chart = rank_chart(moves((60, 10, None), (30, 1, None), (0, 10, None)))
    assert chart is not None
    assert chart.line == "M0 100H50V0H100V100"
    assert not chart.has_heat


def test_one_sight_is_no_line_and_another_lists_moves_are_not_mixed_in() -> None:
    assert rank_chart(()) is None
    assert rank_chart(moves((10, 3, None))) is None
    elsewhere = Placed(NOW - timedelta(hours=2), BoardPlace("other", 2))
    assert rank_chart((elsewhere, *moves((10, 3, None)))) is None
