"""Runs rounds: web sources together in one Scrapy crawl, drop folders from the disk."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import suppress
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawlers.addresses import origin_of
from crawlers.conditional import ConditionalMiddleware, RobotsMemory, RobotsMiddleware
from crawlers.download import HANG_UP, GuardedDownloadHandler
from crawlers.folder import is_folder, read_folder
from crawlers.look import Look
from crawlers.rounds import CrawlSettings, Round, RoundRequest
from crawlers.source import Source
from crawlers.spider import RoundSpider
from wanglou.ports import Clock


class Collector:
    """Looks at sources, again and again; remembers robots.txt between rounds and writes nothing.

    Works inside any running asyncio loop: Scrapy runs without Twisted's reactor. Several crawls may run at
    once, each of sources that are free: what shares a site waits for its turn, as pacing is kept per crawl.
    """

    def __init__(self, settings: CrawlSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._robots = RobotsMemory(settings, clock)
        self._busy: dict[str, frozenset[str]] = {}
        _calm_scrapy()

    def is_free(self, source: Source) -> bool:
        """Whether neither the source nor another one of its sites is being looked at."""
        taken = set().union(*self._busy.values())
        return source.id not in self._busy and not taken & _origins(source)

    async def rounds(self, requests: Sequence[RoundRequest]) -> AsyncGenerator[Round]:
        """Yield each round as soon as it is over; of a drop folder, part by part (``more``).

        Save a round's items, validators and pending addresses in one transaction before asking for the
        next: only then its source is free again. Closing the generator early (``aclosing``) stops the crawl;
        sources without a round count as not looked at.
        """
        on_disk = [r for r in requests if is_folder(r.spec.url)]
        on_web = [r for r in requests if not is_folder(r.spec.url)]
        mine = {r.spec.id: _origins(r.source) for r in on_web}
        self._busy |= mine
        over: asyncio.Queue[Round | None] = asyncio.Queue()
        now = self._clock.now()
        looks = [Look(request, self._settings, now) for request in on_web]
        # Most rounds are of drop folders or of nothing at all, and a crawler costs more than they do.
        crawler = Crawler(RoundSpider, self._scrapy_settings(looks)) if looks else None
        crawl = asyncio.create_task(self._crawl(crawler, looks, over))
        try:
            for request in on_disk:
                parts = read_folder(request, self._settings, self._clock)
                while part := await asyncio.to_thread(next, parts, None):
                    yield part
            while finished := await over.get():
                yield finished
                self._busy.pop(finished.source, None)
            await crawl
        finally:
            for source in mine:
                self._busy.pop(source, None)
            if crawler and not crawl.done():
                await _stop(crawler, crawl)

    async def _crawl(
        self, crawler: Crawler | None, looks: Sequence[Look], over: "asyncio.Queue[Round | None]"
    ) -> None:
        """Put each web source's round into ``over``, None at the end."""
        try:
            if crawler:
                await crawler.crawl_async(looks=looks, robots=self._robots, report=over.put_nowait)
        finally:
            over.put_nowait(None)

    def _scrapy_settings(self, looks: Iterable[Look]) -> Settings:
        """Every part is named: what Scrapy would add by itself (cookies, proxies, telnet, …) stays out."""
        settings = self._settings
        robots, conditional = RobotsMiddleware, ConditionalMiddleware
        headers = "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware"
        agent = "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware"
        retry = "scrapy.downloadermiddlewares.retry.RetryMiddleware"
        values: dict[str, Any] = {
            "TWISTED_REACTOR_ENABLED": False,
            "DOWNLOAD_HANDLERS": {
                **dict.fromkeys(("data", "file", "ftp", "s3")),
                **dict.fromkeys(("http", "https"), GuardedDownloadHandler),
            },
            "DOWNLOADER_MIDDLEWARES_BASE": {},
            "DOWNLOADER_MIDDLEWARES": {robots: 100, conditional: 300, headers: 400, agent: 500, retry: 550},
            "SPIDER_MIDDLEWARES_BASE": {},
            "EXTENSIONS_BASE": {},
            "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
            "USER_AGENT": settings.user_agent,
            "DEFAULT_REQUEST_HEADERS": {
                "Accept": "application/rss+xml, application/atom+xml, text/xml, text/html;q=0.9, */*;q=0.5",
                "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
            },
            "CONCURRENT_REQUESTS": settings.concurrent,
            "CONCURRENT_REQUESTS_PER_DOMAIN": settings.per_origin,
            "DOWNLOAD_DELAY": settings.usual.spacing.total_seconds(),
            "DOWNLOAD_SLOTS": self._slots(looks),
            "RETRY_TIMES": settings.retries,
            "RETRY_HTTP_CODES": [500, 502, 504],  # 429 and 503 ask for patience, not for another try
            "RETRY_EXCEPTIONS": ["scrapy.exceptions.DownloadFailedError"],
            "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
            "STATS_DUMP": False,
        }
        return Settings(values)

    def _slots(self, looks: Iterable[Look]) -> dict[str, dict[str, float]]:
        """Pacing per origin; where sources of one origin differ, the most patient counts."""
        slots: dict[str, dict[str, float]] = {}
        for look in looks:
            for url in look.request.source.urls():
                with suppress(ValueError):  # the spider reports it
                    spacing = look.limits.spacing.total_seconds()
                    known = slots.get(origin_of(url), {}).get("delay", 0.0)
                    slots[origin_of(url)] = {
                        "concurrency": self._settings.per_origin,
                        "delay": max(known, spacing),
                    }
        return slots


def _origins(source: Source) -> frozenset[str]:
    """The sites a source begins at; an address that is none has no site."""
    found = set()
    for url in source.urls():
        with suppress(ValueError):  # the spider reports it
            found.add(origin_of(url))
    return frozenset(found)


def crawl_once(request: RoundRequest, settings: CrawlSettings, clock: Clock) -> list[Round]:
    """One look at one source, for the command line: the rounds, nothing saved, no file moved."""

    async def collect() -> list[Round]:
        return [each async for each in Collector(settings, clock).rounds([request])]

    return asyncio.run(collect())


async def _stop(crawler: Crawler, crawl: "asyncio.Task[None]") -> None:
    """End a crawl before its time: break off downloads, then let Scrapy put its things away."""
    await crawler.signals.send_catch_log_async(signal=HANG_UP)
    try:
        await crawler.stop_async()
    except RuntimeError:  # its engine does not run yet
        crawl.cancel()
    with suppress(asyncio.CancelledError):
        await crawl


def _calm_scrapy() -> None:
    """Scrapy tells of every crawl at INFO; ten a minute would drown what matters."""
    log = logging.getLogger("scrapy")
    if log.level == logging.NOTSET:
        log.setLevel(logging.WARNING)
