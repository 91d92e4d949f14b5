"""Posts from hot lists on the incident page: their place is said, and nothing of theirs is active."""

from dataclasses import replace

import pytest

from tests.pages_fakes import open_desk, sample_reader
from tests.pages_sample import evidence, full_view
from wanglou.domain.item import BoardPlace
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
