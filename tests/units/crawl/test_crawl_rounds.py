"""Following links, robots.txt, several sources at once, and many rounds in one process."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import psutil
import pytest

from crawlers.crawl import Collector, crawl_once
from crawlers.rounds import CrawlSettings, Outcome, Round, RoundRequest
from crawlers.source import Follow, Page
from tests.stories.processes import PATIENCE
from tests.units.crawl.small_web import (
    Clock,
    Reader,
    Visit,
    Web,
    feed_of,
    rounds_of,
    settings_of,
    spec_of,
)
from wanglou.domain.item import Item
from wanglou.domain.source import Validators
from wanglou.kinds import find_kind

Reads = Callable[..., Reader]


@dataclass
class Listing:
    """A page of JSON links; every linked page is one item."""

    url: str
    id: str = "paper"
    read_by_title: list[str | None] = field(default_factory=list)

    def urls(self) -> list[str]:
        return [self.url]

    def read(self, page: Page) -> Iterator[Item | Follow]:
        if page.follows is None:
            yield from (Follow(url, {"title": url[-1]}) for url in json.loads(page.body))
            return
        self.read_by_title.append(page.follows.hints.get("title"))
        yield Item("paper", page.url, page.body.decode(), "")


def lists(web: Web, *names: str) -> Listing:
    web.shows("/list", json.dumps([web.url(f"/{name}") for name in names]).encode())
    for name in names:
        web.shows(f"/{name}", name.encode())
    return Listing(web.url("/list"))


def titles(done: Round) -> list[str]:
    return sorted(item.title for item in done.items)


def test_links_are_followed_with_what_the_listing_said_of_them(web: Web, reads: Reads) -> None:
    source = lists(web, "a", "b")
    done = reads("/list", source).looks()
    assert titles(done) == ["a", "b"]
    assert sorted(str(t) for t in source.read_by_title) == ["a", "b"]
    assert len(done.validators) == 3


def test_links_beyond_the_rounds_pages_stay_pending_and_are_read_next(web: Web, reads: Reads) -> None:
    reader = reads("/list", lists(web, "a", "b", "c"), max_pages=2)
    first = reader.looks()
    assert first.pending is not None
    assert (len(first.items), len(first.pending)) == (1, 2)
    second, third = reader.looks(), reader.looks()
    assert titles(first) + titles(second) + titles(third) == ["a", "b", "c"]
    assert third.pending == ()


def test_links_beyond_the_rounds_time_stay_pending(web: Web, reads: Reads) -> None:
    done = reads("/list", lists(web, "a", "b"), round_time=timedelta(0)).looks()
    assert done.pending == (web.url("/a"), web.url("/b"))


def test_a_link_read_lately_is_not_asked_again_until_hours_later(
    web: Web, reads: Reads, clock: Clock
) -> None:
    reader = reads("/list", lists(web, "a"))
    reader.looks()
    lists(web, "a", "b")
    assert titles(reader.looks()) == ["b"]
    clock.at += timedelta(hours=7)
    lists(web, "a", "b", "c")
    web.shows("/a", b"A edited")
    assert titles(reader.looks()) == ["A edited", "c"]


def test_a_link_that_fails_for_the_moment_is_tried_in_the_next_round(web: Web, reads: Reads) -> None:
    reader = reads("/list", lists(web, "a", "b"))
    web.shows("/b", b"", 503)
    first = reader.looks()
    assert (first.outcome, titles(first), first.pending) == (Outcome.PARTLY, ["a"], (web.url("/b"),))
    web.shows("/b", b"b")
    assert titles(reader.looks()) == ["b"]


def test_a_deleted_link_is_let_go_without_a_word(web: Web, reads: Reads) -> None:
    reader = reads("/list", lists(web, "a", "b"))
    web.shows("/b", b"", 404)
    done = reader.looks()
    assert (done.outcome, done.trouble, done.pending) == (Outcome.READ, None, ())


@dataclass
class Hinting(Listing):
    """A listing of {address: hints}; pages that are lists themselves list on."""

    def read(self, page: Page) -> Iterator[Item | Follow]:
        if page.body.startswith(b"{"):
            yield from (Follow(url, hints) for url, hints in json.loads(page.body).items())
        else:
            yield Item("paper", page.url, page.body.decode(), "")


def hinted(web: Web, path: str = "/list", **hints: dict[str, str]) -> Hinting:
    web.shows(path, json.dumps({web.url(f"/{name}"): said for name, said in hints.items()}).encode())
    for name in hints:
        if web.url(f"/{name}") and f"/{name}" not in web.pages:
            web.shows(f"/{name}", name.encode())
    return Hinting(web.url("/list"))


def test_what_a_list_shows_now_is_read_before_what_was_left_over(web: Web, reads: Reads) -> None:
    reader = reads("/list", lists(web, "a", "b", "c"), max_pages=2)
    assert titles(reader.looks()) == ["a"]
    lists(web, "d", "a", "b", "c")
    assert titles(reader.looks()) == ["d"]
    assert reader.request.pending == (web.url("/b"), web.url("/c"))


def test_a_page_said_to_be_unchanged_is_left_alone_and_a_changed_one_read_at_once(
    web: Web, reads: Reads, clock: Clock
) -> None:
    then = {"changed": (clock.at - timedelta(hours=1)).isoformat()}
    reader = reads("/list", hinted(web, a=then, b=then))
    assert titles(reader.looks()) == ["a", "b"]
    clock.at += timedelta(hours=9)
    now = {"changed": (clock.at - timedelta(minutes=1)).isoformat()}
    web.shows("/b", b"b edited")
    hinted(web, a=then, b=now)
    assert titles(reader.looks()) == ["b edited"]
    clock.at += timedelta(minutes=5)
    hinted(web, c=then, a=then, b=now)
    assert titles(reader.looks()) == ["c"]


def test_a_list_behind_a_list_is_looked_at_in_every_round(web: Web, reads: Reads, clock: Clock) -> None:
    hinted(web, "/part", a={})
    reader = reads("/list", hinted(web, part={"lists": "yes"}))
    assert titles(reader.looks()) == ["a"]
    clock.at += timedelta(minutes=5)
    hinted(web, "/part", a={}, b={})
    assert titles(reader.looks()) == ["b"]


def test_a_link_robots_txt_forbids_is_no_trouble_and_not_tried_again_for_hours(
    web: Web, reads: Reads, clock: Clock
) -> None:
    web.shows("/robots.txt", b"User-agent: *\nDisallow: /b")
    reader = reads("/list", lists(web, "a", "b"), max_pages=2)
    done = reader.looks()
    assert (done.outcome, done.trouble, titles(done)) == (Outcome.READ, None, ["a"])
    lists(web, "b", "c")
    assert titles(reader.looks()) == ["c"]
    assert web.times_asked("/b") == 0


def test_a_site_that_forbids_all_its_articles_is_told(web: Web, reads: Reads) -> None:
    web.shows("/robots.txt", b"User-agent: *\nDisallow: /b")
    done = reads("/list", lists(web, "b")).looks()
    assert done.trouble
    assert (done.outcome, done.trouble.code) == (Outcome.PARTLY, "source_robots")


def test_several_failing_links_are_counted(web: Web, reads: Reads) -> None:
    reader = reads("/list", lists(web, "a", "b", "c"))
    web.shows("/b", b"", 403)
    web.shows("/c", b"", 403)
    done = reader.looks()
    assert done.trouble
    assert done.trouble.code == "source_pages_failed"
    assert (done.trouble.facts["failed"], done.trouble.facts["asked"]) == (2, 4)


def test_a_link_into_a_private_network_is_never_followed(web: Web, reads: Reads) -> None:
    web.shows("/list", json.dumps(["http://192.168.1.1/admin", "javascript:x", "http://[bad"]).encode())
    done = reads("/list", Listing(web.url("/list"))).looks()
    assert done.trouble
    assert done.trouble.code == "source_private_address"
    assert (done.items, done.pending) == ((), ())


def test_a_bug_in_one_kind_is_told_and_blinds_no_other_source(
    web: Web, reads: Reads, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    web.shows("/list", b"no json")
    web.shows("/feed", feed_of("one"))
    broken = reads("/list", Listing(web.url("/list"))).request
    healthy = reads("/feed").request
    with caplog.at_level(logging.CRITICAL):
        done = {r.outcome: r for r in rounds_of(Collector(settings_of(), clock), broken, healthy)}
    trouble = done[Outcome.FAILED].trouble
    assert trouble
    assert trouble.code == "source_kind_failed"
    assert titles(done[Outcome.READ]) == ["one"]


def test_what_robots_txt_forbids_is_not_asked(web: Web, reads: Reads) -> None:
    web.shows("/robots.txt", b"User-agent: *\nDisallow: /feed")
    done = reads().looks()
    assert done.trouble
    assert (done.trouble.code, done.permanent) == ("source_robots", True)
    assert web.times_asked("/feed") == 0


def test_rules_for_our_name_come_before_those_for_all(web: Web, reads: Reads) -> None:
    web.shows("/robots.txt", b"User-agent: *\nDisallow: /\n\nUser-agent: WanglouMonitor\nAllow: /")
    web.shows("/feed", feed_of("one"))
    assert titles(reads().looks()) == ["one"]


def test_an_operator_may_have_a_sites_consent(web: Web, reads: Reads) -> None:
    web.shows("/robots.txt", b"User-agent: *\nDisallow: /")
    web.shows("/feed", feed_of("one"))
    assert titles(reads(options={"obey_robots": False}).looks()) == ["one"]
    assert web.times_asked("/robots.txt") == 0


def test_robots_txt_is_asked_once_in_twelve_hours(web: Web, reads: Reads, clock: Clock) -> None:
    web.shows("/robots.txt", b"User-agent: *\nAllow: /")
    web.shows("/feed", feed_of("one"))
    reader = reads()
    for _ in range(4):
        reader.looks()
        clock.at += timedelta(hours=4)
    assert web.times_asked("/robots.txt") == 2


def test_a_site_whose_rules_cannot_be_had_is_left_alone(web: Web, reads: Reads) -> None:
    web.shows("/robots.txt", b"", 500)
    web.shows("/feed", feed_of("one"))
    done = reads().looks()
    assert done.trouble
    assert (done.trouble.code, done.permanent) == ("source_robots_unreachable", False)
    assert web.times_asked("/feed") == 0


def test_rules_heard_before_hold_while_the_site_cannot_tell_them(
    web: Web, reads: Reads, clock: Clock
) -> None:
    web.shows("/robots.txt", b"User-agent: *\nAllow: /")
    web.shows("/feed", feed_of("one"))
    reader = reads()
    reader.looks()
    web.shows("/robots.txt", b"", 503)
    web.shows("/feed", feed_of("two"))
    clock.at += timedelta(days=1)
    assert titles(reader.looks()) == ["two"]


def test_robots_txt_may_be_redirected_but_not_into_a_private_network(web: Web, reads: Reads) -> None:
    web.shows("/robots.txt", b"", 301, Location="http://10.0.0.1/robots.txt")
    web.shows("/feed", feed_of("one"))
    done = reads().looks()
    assert done.trouble
    assert done.trouble.code == "source_private_address"


def test_a_source_is_done_when_its_own_pages_are_whoever_else_is_slow(web: Web, clock: Clock) -> None:
    released = web.stopping

    def slow(visit: Visit) -> None:
        released.wait()
        visit.answer(200, feed_of("slow"))

    web.shows("/robots.txt", b"", 404)
    web.pages["/slow"] = slow
    web.shows("/quick", feed_of("quick"))
    ended: list[str] = []

    async def watch() -> None:
        async for done in Collector(settings_of(), clock).rounds([ask("/slow"), ask("/quick")]):
            ended.extend(titles(done))
            released.set()

    def ask(path: str) -> RoundRequest:
        spec = spec_of(web.url(path), web.origin)
        return RoundRequest(spec, find_kind("crawlers.sources", "feed")(spec))

    asyncio.run(watch())
    assert ended == ["quick", "slow"]


def test_private_origins_of_one_source_are_not_open_to_another(web: Web, clock: Clock) -> None:
    web.shows("/feed", feed_of("one"))
    own, other = spec_of(web.url("/feed"), web.origin), spec_of(web.url("/feed"))
    feed = find_kind("crawlers.sources", "feed")
    requests = [RoundRequest(own, feed(own)), RoundRequest(replace(other, id="other"), feed(other))]
    done = {r.source: r.outcome for r in rounds_of(Collector(settings_of(), clock), *requests)}
    assert done == {"paper": Outcome.READ, "other": Outcome.FAILED}


def test_leaving_early_stops_the_crawl(web: Web, reads: Reads) -> None:
    asked = threading.Event()

    def silent(visit: Visit) -> None:
        asked.set()
        web.stopping.wait()
        visit.close_connection = True

    web.pages["/feed"] = silent
    web.shows("/robots.txt", b"", 404)
    reader = reads()

    async def glance() -> None:
        task = asyncio.ensure_future(anext(reader.collector.rounds([reader.request])))
        assert await asyncio.to_thread(asked.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(glance())


def test_an_address_that_is_none_is_told(clock: Clock) -> None:
    spec = spec_of("http://:99999/feed")
    done = rounds_of(Collector(settings_of(), clock), RoundRequest(spec, Listing(spec.url)))
    assert [r.trouble.code for r in done if r.trouble] == ["source_scheme"]


def test_one_look_from_the_command_line_needs_no_loop(web: Web, reads: Reads, clock: Clock) -> None:
    web.shows("/feed", feed_of("one"))
    (done,) = crawl_once(reads().request, settings_of(), clock)
    assert titles(done) == ["one"]


def test_fifty_crawls_in_one_process_leave_nothing_behind(web: Web, reads: Reads, clock: Clock) -> None:
    page = feed_of("one") + b"<!--" + b"x" * 90_000 + b"-->"
    web.shows("/feed", page)
    reader, process = reads(), psutil.Process()

    async def crawl(times: int) -> None:
        for _ in range(times):
            request = replace(reader.request, validators={"x": Validators("x")})
            async for done in reader.collector.rounds([request]):
                assert done.outcome is Outcome.READ

    asyncio.run(crawl(10))
    files, memory, loggers = process.num_fds(), process.memory_info().rss, len(logging.getLogger().handlers)
    asyncio.run(crawl(50))
    assert process.num_fds() <= files + 2
    assert process.memory_info().rss - memory < 8_000_000
    assert len(logging.getLogger().handlers) == loggers


def test_what_a_crawl_is_asked_to_bear_in_mind_is_plain_settings() -> None:
    assert CrawlSettings().usual.max_bytes == 10_000_000
    assert CrawlSettings().usual.total_time == timedelta(seconds=30)
