"""What a page weighs on a bad day: HTML, CSS and our own scripts together, as they are before any packing."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.backtesting.saved import Shelf
from desk.web.rendering import HOME
from tests.backtests_sample import sample_report
from tests.mentions_sample import post, seed
from tests.pages_fakes import Desk, FakeReader, open_desk, sample_reader
from tests.pages_sample import (
    HOUR,
    NOW,
    deliveries,
    evidence,
    full_view,
    incident,
    mention_of,
    timeline,
    view_of,
)
from tests.routes import doors
from wanglou.domain.correction import CorrectionKind
from wanglou.domain.item import Item
from wanglou.domain.mention import SeenMention
from wanglou.domain.person import Access
from wanglou.domain.topic import Topic
from wanglou.storage.engine import SqlStorage

NO_PAGES = {"/events", "/healthz", "/metrics", "/favicon.ico", "/link/{nonce}"}
BLANKS = {"incident": "inc-anju-12", "client": "anju", "number": "12"}
ASKED = (
    "/mentions?days=30",
    "/mentions?client=anju&unsure=1",
    "/mentions?q=%E5%AE%89%E5%B1%BF",
    "/clients/anju?days=30",
)

HE = Access("he", None)
COMPLAINT = "安屿的门锁半夜又自己弹开，客服说是正常现象，要投诉，要退货，太气人了。" + "一家人守到天亮。" * 60


def busy_reader() -> FakeReader:
    """A bad day: forty open incidents, one of them with a storm of posts and a long record."""
    reader = sample_reader()
    for number in range(100, 136):
        reader.show(view_of(incident(id=f"inc-{number}", number=number)))
    posts = tuple(
        SeenMention(mention_of(item, f"storm{n}", reach=5000), item)
        for n in range(200)
        for item in [
            Item(
                "s1", f"https://s1.example/{n}", f"安屿锁投诉 {n}", "门又自己弹开了。" * 60, published_at=NOW
            )
        ]
    )
    lines = tuple(e.entry for e in timeline()) * 20
    reader.show(
        replace(
            full_view(),
            evidence=(*evidence(), *posts),
            timeline=timeline(*lines),
            deliveries=deliveries() * 20,
        )
    )
    return reader


def busy_storage(storage: SqlStorage) -> None:
    """A hundred long complaints, the newest of them corrected."""
    for n in range(100):
        item, mention = post(n, COMPLAINT, NOW - HOUR - timedelta(minutes=n), brand="安屿")
        words = tuple((word, 1.0) for word in ("投诉", "退货", "气人", "弹开"))
        reading = replace(mention.reading, unsure=True, words=words, topics=(Topic.PRODUCT_SAFETY,))
        seed(storage, (item, replace(mention, reading=reading)))


@pytest.fixture
def desk(sqlite_storage: SqlStorage, tmp_path: Path) -> Desk:
    busy_storage(sqlite_storage)
    Shelf(tmp_path).keep(sample_report())
    desk = open_desk(sqlite_storage, busy_reader(), backtests=Shelf(tmp_path))
    newest = [post(n, COMPLAINT, NOW - HOUR - timedelta(minutes=n))[0].key for n in range(10)]
    for key in newest:
        told = desk.ports.corrector.correct(HE, "anju", "安屿", key, CorrectionKind.TOPIC, "rumour", NOW)
        assert told is None
    return desk


def pages(desk: Desk) -> list[str]:
    """Every page for people who are in, and some of them asked for something else."""
    found = [d for d in doors(desk.app.routes) if d.method == "GET" and d.path not in NO_PAGES]
    return [*sorted(door.address(BLANKS) for door in found), *ASKED]


def weight(page: str, content: int) -> int:
    linked = set(re.findall(r"/static/([a-z]+\.(?:css|js))", page))
    assert "desk.css" in linked
    return content + sum(len((HOME / "static" / name).read_bytes()) for name in linked)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_weighs_at_most_100_kilobytes_on_a_bad_day(desk: Desk, language: str) -> None:
    browser = desk.signed_in("he")
    weights = {}
    for path in pages(desk):
        page = browser.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.status_code == 200, path
        weights[path] = weight(page.text, len(page.content))
    assert len(weights) > 12
    assert not {path: n for path, n in weights.items() if n > 100_000}


def test_a_page_of_mentions_is_no_longer_than_can_be_carried_but_long_enough_to_scan(desk: Desk) -> None:
    page = desk.signed_in("he").get("/mentions").text
    assert page.count('<article class="post row"') == 16
    assert 'rel="next"' in page


def test_what_is_folded_away_for_weight_is_one_link_away(sqlite_storage: SqlStorage) -> None:
    browser = open_desk(sqlite_storage, busy_reader()).signed_in("he")
    folded = browser.get("/incidents/inc-anju-12").text
    for part in ("列出另外 197 组原文", "列出全部 84 条", "列出全部 60 条推送"):
        assert part in folded
    everything = browser.get("/incidents/inc-anju-12?all=1").text
    assert everything.count('<article class="post"') == 203
    assert "列出全部" not in everything
