"""A small web on 127.0.0.1 whose every answer a test writes, and the verbs to look at it."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from crawlers.crawl import Collector
from crawlers.limits import Limits
from crawlers.rounds import CrawlSettings, Round, RoundRequest
from crawlers.source import Source
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.kinds import find_kind

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)

LONG = timedelta(minutes=5)
"""What one request may take: longer than a test waits for anything, so that no busy machine ends it."""

FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>t</title>
<item><title>{title}</title><link>https://paper.example/{title}</link>
<pubDate>Tue, 03 Nov 2026 03:55:00 GMT</pubDate></item></channel></rss>"""


def feed_of(title: str) -> bytes:
    return FEED.format(title=title).encode()


@dataclass
class Clock:
    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


Answering = Callable[["Visit"], None]


class Visit(BaseHTTPRequestHandler):
    """One request, with the verbs an answer needs."""

    protocol_version = "HTTP/1.1"
    web: ClassVar["Web"]

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):  # the crawler may hang up first
            self.wfile.write(body)

    def do_GET(self) -> None:
        self.web.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        answering = self.web.pages.get(self.path)
        if answering:
            answering(self)
        else:
            self.answer(404)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class's word
        """Say nothing."""


@dataclass
class Web:
    """Paths with what they answer, and what was asked so far."""

    port: int = 0
    pages: dict[str, Answering] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def origin(self) -> str:
        return f"127.0.0.1:{self.port}"

    def shows(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.pages[path] = lambda visit: visit.answer(status, body, **headers)

    def times_asked(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OurVisit", (Visit,), {"web": web}))
    server.daemon_threads = True
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield web
    web.stopping.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that nobody listens on, held so that nobody will."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@dataclass
class Reader:
    """A source with a memory, as the worker gives it: each look sends back what the last one brought."""

    request: RoundRequest
    collector: Collector
    clock: Clock

    def looks(self) -> Round:
        """One whole round; what it learnt is kept for the next."""
        done = rounds_of(self.collector, self.request)
        assert len(done) == 1
        known = {**self.request.validators, **{v.url: v for v in done[0].validators}}
        pending = self.request.pending if done[0].pending is None else done[0].pending
        self.request = replace(self.request, validators=known, pending=pending)
        return done[0]


def rounds_of(collector: Collector, *requests: RoundRequest) -> list[Round]:
    async def collect() -> list[Round]:
        return [each async for each in collector.rounds(requests)]

    return asyncio.run(collect())


def spec_of(url: str, *allow_private: str, **options: Any) -> SourceSpec:
    return SourceSpec(
        id="paper",
        name="晨屿报",
        kind="feed",
        url=url,
        source_class=SourceClass.NEWS,
        every=timedelta(minutes=5),
        silent_after=timedelta(days=1),
        reach=1000,
        allow_private=allow_private,
        options=options,
    )


def settings_of(**changes: Any) -> CrawlSettings:
    limits = {"max_bytes": 100_000, "total_time": LONG, "spacing": timedelta(0)}
    names = limits.keys() | {"max_pages", "obey_robots"}
    usual = Limits(**{**limits, **{k: v for k, v in changes.items() if k in names}})
    return CrawlSettings(usual=usual, **{k: v for k, v in changes.items() if k not in names})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reads(web: Web, clock: Clock) -> Callable[..., Reader]:
    """``reads(path)``: a reader of a feed on the small web; ``source`` and settings may be given."""

    def build(path: str = "/feed", source: Source | None = None, **changes: Any) -> Reader:
        options = changes.pop("options", {})
        allowed = changes.pop("allow_private", (web.origin,))
        spec = spec_of(web.url(path), *allowed, **options)
        request = RoundRequest(spec, source or find_kind("crawlers.sources", "feed")(spec))
        return Reader(request, Collector(settings_of(**changes), clock), clock)

    return build
