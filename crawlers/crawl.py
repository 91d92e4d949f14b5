"""Runs rounds: web sources together in one crawl, drop folders from the disk."""

import asyncio
import importlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Any

from crawlers.addresses import origin_of
from crawlers.folder import is_folder, read_folder
from crawlers.rounds import CrawlSettings, Round, RoundRequest
from crawlers.source import Source
from wanglou.ports import Clock


class Collector:
    """Looks at sources, again and again; remembers robots.txt between rounds and writes nothing.

    Works inside any running asyncio loop. Several crawls may run at once, each of sources that are free: what
    shares a site waits for its turn, as pacing is kept per crawl.
    """

    def __init__(self, settings: CrawlSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._web: Any = None
        self._busy: dict[str, frozenset[str]] = {}

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
        crawl = None
        try:
            # Most rounds are of drop folders or of nothing at all, and a crawler costs more than they do.
            if on_web:
                crawl = (await self._on_the_web()).begin(on_web, over)
            for request in on_disk:
                parts = read_folder(request, self._settings, self._clock)
                while part := await asyncio.to_thread(next, parts, None):
                    yield part
            while crawl and (finished := await over.get()):
                yield finished
                self._busy.pop(finished.source, None)
            if crawl:
                await crawl.ended()
        finally:
            for source in mine:
                self._busy.pop(source, None)
            if crawl:
                await crawl.stop()

    async def _on_the_web(self) -> Any:
        """The module ``web``, loaded by those who need it: not by an agency that has drop folders alone."""
        if self._web is None:
            module = await asyncio.to_thread(importlib.import_module, "crawlers.web")
            self._web = self._web or module.Web(self._settings, self._clock)
        return self._web


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
