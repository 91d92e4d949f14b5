"""What is remembered between rounds: validators make unchanged pages cheap, robots.txt is fetched seldom."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from crawlers.addresses import origin_of
from crawlers.rounds import CrawlSettings
from wanglou.domain.source import Validators
from wanglou.ports import Clock

_REDIRECTS = range(300, 400)
_REFUSALS = range(400, 500)
_TOO_MANY = 429
_KEPT_ORIGINS = 2_000
_OLDEST_RULES = timedelta(days=30)
"""How long rules are believed while the server cannot give new ones (RFC 9309 asks for a limit)."""


class ConditionalMiddleware:
    """Sends back what a page told us. Reads ``request.meta['validators']``; writes nothing anywhere."""

    def process_request(self, request: Request) -> None:
        """Add the two headers; a request without validators is asked plainly."""
        known: Validators | None = request.meta.get("validators")
        if known and known.etag:
            request.headers["If-None-Match"] = known.etag
        if known and known.last_modified:
            request.headers["If-Modified-Since"] = known.last_modified


class RobotsDisallowError(IgnoreRequest):
    """The site's robots.txt keeps us out of an address."""


class RobotsUnreachableError(IgnoreRequest):
    """The site has rules but cannot tell them now: RFC 9309 says to stay out."""


@dataclass(slots=True)
class RobotsMemory:
    """robots.txt of each origin, over all rounds of one process. None as rules: the site has none."""

    settings: CrawlSettings
    clock: Clock
    _rules: dict[str, tuple[datetime, RobotParser | None]] = field(default_factory=dict)

    def find(self, origin: str, age: timedelta) -> tuple[bool, RobotParser | None]:
        """(whether rules no older than ``age`` are known, the rules)."""
        fetched_at, rules = self._rules.get(origin, (None, None))
        return fetched_at is not None and self.clock.now() - fetched_at < age, rules

    def keep(self, origin: str, rules: RobotParser | None) -> None:
        """Remember; the origin longest not asked is forgotten first."""
        self._rules.pop(origin, None)
        self._rules[origin] = (self.clock.now(), rules)
        if len(self._rules) > _KEPT_ORIGINS:
            del self._rules[next(iter(self._rules))]


class RobotsMiddleware:
    """Keeps requests out of where robots.txt does not want us, unless ``limits.obey_robots`` is off.

    The memory hangs on the spider as ``robots``: settings are copied for every crawl.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._memory: RobotsMemory = crawler.spider.robots  # type: ignore[union-attr] # RoundSpider has it
        self._fetching: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        """Built by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises RobotsDisallowError, RobotsUnreachableError or what fetching robots.txt met."""
        if request.meta.get("is_robots") or not request.meta["limits"].obey_robots:
            return
        origin = origin_of(request.url)
        async with self._fetching[origin]:
            rules = await self._rules_of(origin, request)
        if rules and not rules.allowed(request.url, self._memory.settings.user_agent.split("/")[0]):
            raise RobotsDisallowError(request.url)

    async def _rules_of(self, origin: str, request: Request) -> RobotParser | None:
        fresh, rules = self._memory.find(origin, self._memory.settings.robots_age)
        if fresh:
            return rules
        try:
            rules = await self._fetch(f"{origin}/robots.txt", request)
        except Exception:  # whatever kept us from asking: rules heard before still hold
            known, rules = self._memory.find(origin, _OLDEST_RULES)
            if not known:
                raise
            return rules
        self._memory.keep(origin, rules)
        return rules

    async def _fetch(self, url: str, request: Request) -> RobotParser | None:
        """Rules as the site tells them now, None where it has none; as many redirects as pages get."""
        for _ in range(self._memory.settings.redirects + 1):
            response = await self._crawler.engine.download_async(_robots_request(url, request))
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or not location:
                return self._parse(response)
            url = urljoin(url, location.decode("latin-1"))
        return None

    def _parse(self, response: Response) -> RobotParser | None:
        if response.status in _REFUSALS and response.status != _TOO_MANY:
            return None
        if response.status != 200:  # noqa: PLR2004 -- HTTP's "OK"
            raise RobotsUnreachableError(f"{response.url} answers {response.status}")
        return ProtegoRobotParser(response.body, self._crawler.spider)


def _robots_request(url: str, request: Request) -> Request:
    kept = {name: request.meta[name] for name in ("limits", "allow_private")}
    meta = {**kept, "is_robots": True, "download_slot": origin_of(url), "dont_retry": True}
    return Request(url, meta=meta, dont_filter=True)
