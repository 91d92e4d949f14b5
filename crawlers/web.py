"""Web sources together in one Scrapy crawl; loaded at the first look at the web: it brings 38 MB along."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawlers.addresses import origin_of
from crawlers.conditional import ConditionalMiddleware, RobotsMemory, RobotsMiddleware
from crawlers.download import HANG_UP, GuardedDownloadHandler
from crawlers.look import Look
from crawlers.rounds import CrawlSettings, Round, RoundRequest
from crawlers.spider import RoundSpider
from wanglou.ports import Clock


class Crawl:
    """A crawl under way. Each source's round is put into ``over`` as soon as it is over, None at the end."""

    def __init__(self, crawler: Crawler, over: "asyncio.Queue[Round | None]", **arguments: Any) -> None:
        self._crawler = crawler
        self._task = asyncio.create_task(_run(crawler, over, **arguments))

    async def ended(self) -> None:
        """Wait for its end; raises what it failed by."""
        await self._task

    async def stop(self) -> None:
        """End it before its time: break off downloads, then let Scrapy put its things away."""
        if self._task.done():
            return
        await self._crawler.signals.send_catch_log_async(signal=HANG_UP)
        try:
            await self._crawler.stop_async()
        except RuntimeError:  # its engine does not run yet
            self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


class Web:
    """Begins crawls; remembers robots.txt between them.

    Works inside any running asyncio loop: Scrapy runs without Twisted's reactor.
    """

    def __init__(self, settings: CrawlSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._robots = RobotsMemory(settings, clock)
        _calm_scrapy()

    def begin(self, requests: Sequence[RoundRequest], over: "asyncio.Queue[Round | None]") -> Crawl:
        """A crawl of all these sources, under way."""
        now = self._clock.now()
        looks = [Look(request, self._settings, now) for request in requests]
        crawler = Crawler(RoundSpider, self._scrapy_settings(looks))
        return Crawl(crawler, over, looks=looks, robots=self._robots)

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


async def _run(crawler: Crawler, over: "asyncio.Queue[Round | None]", **arguments: Any) -> None:
    try:
        await crawler.crawl_async(**arguments, report=over.put_nowait)
    finally:
        over.put_nowait(None)


def _calm_scrapy() -> None:
    """Scrapy tells of every crawl at INFO; ten a minute would drown what matters."""
    log = logging.getLogger("scrapy")
    if log.level == logging.NOTSET:
        log.setLevel(logging.WARNING)
