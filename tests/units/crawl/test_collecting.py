"""The worker's verb: one look at many sources, on a real database, a real disk and a small web."""

import asyncio
import json
import os
import re
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from crawlers.crawl import Collector
from crawlers.inert import inert
from crawlers.source import Follow, Page, Source
from desk.clocks import WallClock
from desk.pipeline.collect import collect, collect_folders, collect_web
from desk.pipeline.parts import Parts
from desk.wiring.shared import Place
from desk.wiring.worker import sources_of, worker_parts
from desk.worker import work_until
from tests.stories.processes import PATIENCE, eventually
from tests.units.config.agency_folder import KINDS, Folder
from tests.units.crawl.small_web import NOON, Clock, Visit, Web, feed_of, settings_of, spec_of
from wanglou.config.folder import load
from wanglou.domain.item import Author, Item
from wanglou.domain.source import SourceClass, SourceHealth, SourceSpec, SourceState
from wanglou.storage.engine import SqlStorage
from wanglou.wording import LANGUAGES, say


@dataclass(frozen=True)
class Careless:
    """A kind that hands on whatever its lines say; any other source, asked through it, is left alone."""

    real: Source

    @property
    def id(self) -> str:
        return self.real.id

    def urls(self) -> Iterable[str]:
        return self.real.urls()

    def read(self, page: Page) -> Iterator[Item | Follow]:
        if page.headers.get("content-type") == "inode/directory":
            yield from self.real.read(page)
            return
        for line in page.body.splitlines():
            yield Item(self.id, "", json.loads(line), "")


@dataclass
class Post:
    """A worker's collecting, and what is left of it in rows and files."""

    parts: Parts
    home: Path
    clock: Clock

    def watches(self, *specs: SourceSpec) -> None:
        config = replace(self.parts.config, sources={spec.id: spec for spec in specs})
        self.parts = replace(self.parts, config=config, sources=sources_of(config))

    def is_careless_about(self, source: str) -> None:
        sources = {**self.parts.sources, source: Careless(self.parts.sources[source])}
        self.parts = replace(self.parts, sources=sources)

    def drops(self, folder: str, name: str, *lines: object) -> None:
        path = self.home / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        hour_ago = self.clock.now().timestamp() - 3600
        os.utime(path, (hour_ago, hour_ago))

    def looks(self) -> None:
        asyncio.run(collect(self.parts, self.clock.now()))

    def titles(self) -> set[str]:
        with self.parts.storage.look() as uow:
            return {kept.item.title for kept in uow.items.unread(100)}

    def health(self, source: str) -> SourceHealth | None:
        with self.parts.storage.look() as uow:
            return uow.sources.health().get(source)

    def state(self, source: str) -> SourceState | None:
        health = self.health(source)
        return health.state if health else None


def folder_spec(name: str) -> SourceSpec:
    return replace(spec_of(f"file:{name}/"), id=name, kind="drop_folder")


@pytest.fixture
def post(sqlite_storage: SqlStorage, tmp_path: Path, clock: Clock) -> Post:
    written = Folder(tmp_path / "agency")
    config = load(written.config, written.library, KINDS)
    parts = worker_parts(
        config, Place(tmp_path, tmp_path, tmp_path), sqlite_storage, clock, {}, rehearsal=True
    )
    settings = settings_of(folders_under=tmp_path, folder_page_bytes=60)
    return Post(replace(parts, collector=Collector(settings, clock)), tmp_path, clock)


HOSTILE = [
    {"text": "安屿 a", "author": {"name": "x\ud800"}},
    {"text": "安屿 b", "id": "\udfff1", "url": "https://a.example/\ud800"},
    {"text": "安屿 c", "author": {"name": "官", "id": "\ud800", "verified": "是"}, "source": "微\ud800博"},
    {"text": "安屿 d", "author": {"name": "x", "followers": "99999999999亿"}, "likes": 10**30},
    {"\ud800": "\ud800", "text": "安屿 e\ud800", "published_at": "\ud800", "author": "\ud800\x00"},
]


def test_lines_no_database_takes_are_cleaned_and_stored(post: Post) -> None:
    post.watches(folder_spec("drop"))
    post.drops("drop", "a.jsonl", *HOSTILE)
    post.looks()
    with post.parts.storage.look() as uow:
        assert {kept.item.text for kept in uow.items.unread(100)} == {f"安屿 {c}" for c in "abcde"}
    assert (post.home / "drop" / "done" / "a.jsonl").exists()


SHOWN_AS_WORDS = "安屿<script>alert(1)</script><img src=x onerror=alert(2)>起火，温度 3<5 且 a < b"


def test_markup_that_a_page_shows_as_words_is_stored_dead_and_whole(post: Post) -> None:
    post.watches(folder_spec("drop"))
    post.is_careless_about("drop")
    path = post.home / "drop" / "a.jsonl"
    path.parent.mkdir()
    path.write_text(json.dumps(SHOWN_AS_WORDS) + "\n")
    os.utime(path, (0, 0))
    post.looks()
    [title] = post.titles()
    assert not re.search(r"<[A-Za-z/!?]", title)
    assert title.replace("＜", "<") == SHOWN_AS_WORDS
    assert "3<5 且 a < b" in title


@given(st.text(), st.text(), st.text())
def test_of_any_words_nothing_that_opens_a_tag_stays_and_every_character_does(
    title: str, text: str, name: str
) -> None:
    made = inert(Item("s", "https://a.example/", title, text, Author(name)))
    assert made.author is not None
    for before, after in ((title, made.title), (text, made.text), (name, made.author.name)):
        assert not re.search(r"<[A-Za-z/!?]", after)
        assert after.replace("＜", "<") == before.replace("＜", "<")
    assert inert(made) == made


@given(st.text(), st.text(st.sampled_from("a<>b/! ＜")))
def test_words_without_an_address_keep_the_key_they_had_with_their_markup(title: str, text: str) -> None:
    written = Item("s", "", title, text)
    assert inert(written).key == written.key


def test_markup_in_an_address_is_stored_as_a_browser_sends_it_and_once(post: Post) -> None:
    post.watches(folder_spec("drop"))
    post.drops(
        "drop",
        "a.jsonl",
        {"title": "一", "url": 'https://ok.example/"><script>alert(5)</script>'},
        {"title": "一", "url": "https://ok.example/%22%3E%3Cscript%3Ealert(5)%3C/script%3E"},
        {"title": "二", "url": "https://ok.example/a?q='门锁'&b=(1)"},
    )
    post.looks()
    with post.parts.storage.look() as uow:
        urls = sorted(kept.item.url for kept in uow.items.unread(10))
    assert urls == [
        "https://ok.example/%22%3E%3Cscript%3Ealert(5)%3C/script%3E",
        "https://ok.example/a?q='门锁'&b=(1)",
    ]


@given(st.text())
def test_no_address_opens_a_tag_or_ends_an_attribute_and_each_is_made_safe_once(url: str) -> None:
    made = inert(Item("s", url, "", "x"))
    assert not set(made.url) & set('<>"`')
    assert inert(made) == made
    assert unquote(made.url) == unquote(url)


def test_what_cannot_be_stored_blocks_its_own_source_alone(post: Post) -> None:
    post.watches(folder_spec("bad"), folder_spec("good"))
    post.is_careless_about("bad")
    post.drops("bad", "a.jsonl", "x\ud800")
    post.drops("good", "b.jsonl", {"title": "好"})
    post.looks()
    assert post.titles() == {"好"}
    assert (post.state("bad"), post.state("good")) == (SourceState.BLOCKED, SourceState.LIVE)
    health = post.health("bad")
    assert health
    assert health.trouble
    assert health.trouble.code == "source_not_stored"
    assert all("a.jsonl" in say(health.trouble, language) for language in LANGUAGES)


def test_only_the_file_that_cannot_be_stored_fails_and_the_folder_recovers(post: Post) -> None:
    post.watches(folder_spec("bad"))
    post.is_careless_about("bad")
    post.drops("bad", "a.jsonl", "一")
    post.drops("bad", "b.jsonl", "x\ud800", *("好" * 10 + str(n) for n in range(5)))
    post.drops("bad", "c.jsonl", "三")
    post.looks()
    assert {"一", "三"} < post.titles()
    found = sorted(str(p.relative_to(post.home / "bad")) for p in post.home.glob("bad/*/*"))
    assert found == ["done/a.jsonl", "done/c.jsonl", "failed/b.jsonl", "failed/b.jsonl.why.txt"]
    assert "UnicodeEncodeError" in (post.home / "bad" / "failed" / "b.jsonl.why.txt").read_text()
    health = post.health("bad")
    assert health
    assert health.next_at
    post.clock.at = health.next_at
    post.looks()
    assert post.state("bad") is SourceState.LIVE


def test_a_round_of_the_web_that_cannot_be_stored_is_read_whole_again(post: Post, web: Web) -> None:
    web.shows("/bad", b'"x\\ud800"', ETag='"1"')
    web.shows("/feed", feed_of("one"))
    bad = replace(spec_of(web.url("/bad"), web.origin), id="bad")
    post.watches(bad, spec_of(web.url("/feed"), web.origin))
    post.is_careless_about("bad")
    post.looks()
    assert post.titles() == {"one"}
    assert (post.state("bad"), post.state("paper")) == (SourceState.BLOCKED, SourceState.LIVE)
    with post.parts.storage.look() as uow:
        assert uow.sources.validators("bad") == {}


def test_a_database_that_is_out_of_order_is_no_sources_fault(post: Post, sqlite_storage: SqlStorage) -> None:
    post.watches(folder_spec("drop"))
    post.drops("drop", "a.jsonl", {"title": "一"})
    with sqlite_storage.writer.begin() as connection:
        connection.execute(text("DROP TABLE item_engagement"))
        connection.execute(text("DROP TABLE source_health"))
    with pytest.raises(Exception, match="source_health"):
        post.looks()
    assert (post.home / "drop" / "a.jsonl").exists()


def board_spec(web: Web) -> SourceSpec:
    options = {"entries": "list", "title": "t"}
    hot = spec_of(web.url("/hot"), web.origin, **options)
    return replace(
        hot, id="hot", kind="board", source_class=SourceClass.BOARD, silent_after=timedelta(hours=2)
    )


def shows_list(web: Web, clock: Clock, *titles: str) -> None:
    body = {"updatedTime": clock.now().timestamp(), "list": [{"t": title} for title in titles]}
    web.shows("/hot", json.dumps(body).encode())


def places(post: Post) -> list[tuple[str, int]]:
    with post.parts.storage.begin() as uow:
        found = uow.connection.execute(  # type: ignore[attr-defined] # SQL's own
            text(
                "SELECT item.title, item_place.rank FROM item_place"
                " JOIN item ON item.key = item_place.item_key ORDER BY item_place.placed_at, item_place.rank"
            )
        )
        return [(title, rank) for title, rank in found]


def test_an_entry_of_a_hot_list_keeps_every_place_it_stood_on(post: Post, web: Web) -> None:
    post.watches(board_spec(web))
    for titles in (("甲", "乙"), ("乙", "甲"), ("丙", "乙")):
        shows_list(web, post.clock, *titles)
        post.looks()
        post.clock.at += timedelta(minutes=5)
    post.looks()  # nothing moved
    assert places(post) == [("甲", 1), ("乙", 2), ("乙", 1), ("甲", 2), ("丙", 1), ("乙", 2)]
    assert post.titles() == {"甲", "乙", "丙"}


def test_a_hot_list_that_only_moves_is_live_and_one_printed_again_falls_silent(post: Post, web: Web) -> None:
    post.watches(board_spec(web))
    states = []
    for hour in range(8):
        shows_list(web, post.clock, *("甲", "乙")[:: -1 if hour % 2 and hour < 4 else 1])
        post.looks()
        states.append(post.state("hot"))
        post.clock.at += timedelta(hours=1)
    assert states == [SourceState.LIVE] * 7 + [SourceState.SILENT]
    trouble = (post.health("hot") or SourceHealth("hot", SourceState.LIVE, NOON)).trouble
    assert trouble
    assert all("3" in say(trouble, language) for language in LANGUAGES)


def test_a_hot_list_that_changed_its_layout_is_told_and_blocked(post: Post, web: Web) -> None:
    post.watches(board_spec(web))
    web.shows("/hot", b'{"data": []}')
    post.looks()
    health = post.health("hot")
    assert health
    assert health.trouble
    assert (health.state, health.trouble.code) == (SourceState.BLOCKED, "source_board_layout")
    assert "wanglou crawl --once" in say(health.trouble, "en")


def test_a_drop_folder_never_waits_for_a_slow_site(post: Post, web: Web) -> None:
    asked = threading.Event()

    def wait_until_the_folder_is_read(visit: Visit) -> None:
        asked.set()
        while post.titles() != {"投"} and not web.stopping.wait(0.01):
            pass
        visit.answer(200, feed_of("slow"))

    web.pages["/feed"] = wait_until_the_folder_is_read
    post.watches(spec_of(web.url("/feed"), web.origin), folder_spec("drop"))
    post.drops("drop", "a.jsonl", {"title": "投"})

    async def as_the_worker_does() -> None:
        site = asyncio.create_task(collect_web(post.parts, NOON))
        assert await asyncio.to_thread(asked.wait, PATIENCE)
        assert post.titles() == set()
        await collect_folders(post.parts, NOON)
        await site

    asyncio.run(as_the_worker_does())
    assert post.titles() == {"投", "slow"}


def slow_and_quick(post: Post, web: Web, **more: Any) -> threading.Event:
    """Two sources on two sites; one answers when the test is over. Return the event of its being asked."""
    asked = threading.Event()

    def slow(visit: Visit) -> None:
        asked.set()
        web.stopping.wait()
        visit.close_connection = True

    web.pages["/slow"] = slow
    web.shows("/feed", feed_of("quick"))
    slow_site = f"localhost:{web.port}"
    post.watches(
        replace(spec_of(f"http://{slow_site}/slow", slow_site), id="slow", **more),
        replace(spec_of(web.url("/feed"), web.origin), id="quick", **more),
    )
    return asked


def test_one_slow_site_does_not_delay_the_next_round_of_the_others(post: Post, web: Web) -> None:
    asked = slow_and_quick(post, web)

    def is_free(source: str) -> bool:
        return post.parts.collector.is_free(post.parts.sources[source])

    async def as_the_worker_does() -> None:
        first = asyncio.create_task(collect_web(post.parts, post.clock.now()))
        assert await asyncio.to_thread(asked.wait, PATIENCE)
        await asyncio.to_thread(eventually, lambda: post.state("quick"))
        for _ in range(2):
            post.clock.at += timedelta(minutes=5)
            await asyncio.to_thread(eventually, lambda: is_free("quick"))
            await collect_web(post.parts, post.clock.now())
        assert not first.done()
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first

    asyncio.run(as_the_worker_does())
    assert (web.times_asked("/feed"), web.times_asked("/slow")) == (3, 1)
    assert (post.state("quick"), post.state("slow")) == (SourceState.LIVE, None)


def test_two_sources_of_one_site_are_never_looked_at_by_two_crawls(post: Post, web: Web) -> None:
    asked = slow_and_quick(post, web)
    there = replace(post.parts.config.sources["slow"], id="beside", url=f"http://localhost:{web.port}/feed")
    post.watches(post.parts.config.sources["slow"])

    async def as_the_worker_does() -> None:
        first = asyncio.create_task(collect_web(post.parts, post.clock.now()))
        assert await asyncio.to_thread(asked.wait, PATIENCE)
        post.watches(post.parts.config.sources["slow"], there)
        await collect_web(post.parts, post.clock.now())
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        assert post.state("beside") is None
        assert post.parts.collector.is_free(post.parts.sources["slow"])

    asyncio.run(as_the_worker_does())


def test_a_worker_at_work_goes_on_looking_while_one_site_is_slow(post: Post, web: Web) -> None:
    slow_and_quick(post, web, every=timedelta(seconds=1))
    clock = WallClock()
    collector = Collector(settings_of(folders_under=post.home), clock)
    parts = replace(post.parts, clock=clock, collector=collector)

    async def work_a_while() -> None:
        stop = asyncio.Event()
        worker = asyncio.create_task(work_until(stop, parts))
        try:
            await asyncio.to_thread(eventually, lambda: web.times_asked("/feed") >= 3)
        finally:
            stop.set()
            await worker

    asyncio.run(work_a_while())
    assert web.times_asked("/slow") == 1


def test_names_that_cannot_be_looked_up_hold_up_nobody(
    post: Post, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = slow_and_quick(post, web)
    real, waits = socket.getaddrinfo, threading.Event()

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        if host == "nowhere.example":
            asked.set()
            waits.wait(30)
            raise socket.gaierror("no answer")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    lost = replace(post.parts.config.sources["quick"], id="lost", url="http://nowhere.example/feed")
    post.watches(lost, post.parts.config.sources["quick"])

    async def as_the_worker_does() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        first = asyncio.create_task(collect_web(post.parts, post.clock.now()))
        with ThreadPoolExecutor(1) as watcher:
            await loop.run_in_executor(watcher, eventually, lambda: asked.is_set() and post.state("quick"))
        waits.set()
        await first

    asyncio.run(as_the_worker_does())
    assert (post.state("quick"), post.state("lost")) == (SourceState.LIVE, SourceState.BLOCKED)


@pytest.mark.parametrize(("verb", "seen"), [(collect_folders, {"投"}), (collect_web, {"one"})])
def test_each_verb_asks_only_its_own_sources(
    post: Post, web: Web, verb: Callable[[Parts, datetime], Coroutine[None, None, None]], seen: set[str]
) -> None:
    web.shows("/feed", feed_of("one"))
    post.watches(spec_of(web.url("/feed"), web.origin), folder_spec("drop"))
    post.drops("drop", "a.jsonl", {"title": "投"})
    asyncio.run(verb(post.parts, NOON))
    assert post.titles() == seen
