"""The only Scrapy spider: drives any source, one look each, and reports every round as soon as it is over."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from crawlers.addresses import PrivateAddressError, origin_of, without_secrets
from crawlers.conditional import RobotsDisallowError, RobotsMemory, RobotsUnreachableError
from crawlers.download import CertificateError, TooLargeError
from crawlers.look import Answer, Ask, Look, Trouble
from crawlers.rounds import Round
from crawlers.source import Follow, Page, Source, UnreadablePageError
from wanglou.domain.item import Item
from wanglou.domain.reason import Reason, Value
from wanglou.ports import Clock

_LOG = logging.getLogger(__name__)
_MEGABYTE = 1_000_000


class RoundSpider(Spider):
    """Fetches what its looks ask for; ``report`` is called once for each look, in order of their ends."""

    name = "wanglou"

    def __init__(self, looks: Sequence[Look], robots: RobotsMemory, report: Callable[[Round], None]) -> None:
        super().__init__()
        self.robots = robots
        self._looks = looks
        self._clock: Clock = robots.clock
        self._report = report
        self._open = set(looks)

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the first pages of every source."""
        for look in self._looks:
            for request in self._next(look):
                yield request

    async def answered(self, response: Response, look: Look, ask: Ask) -> AsyncIterator[Request]:
        """Read a page off the loop (parsing may take most of a second) and go on with its source."""
        answer = self._answer(response, ask)
        page = look.page_of(ask, answer)
        if isinstance(page, Page):
            found, error = await asyncio.to_thread(_read, look.request.source, page)
            look.take(ask, answer, found, error)
        for request in self._next(look, [page] if isinstance(page, Ask) else []):
            yield request

    def failed(self, failure: Any) -> Iterator[Request]:
        """Put a failed download (a Twisted Failure) into words and go on with its source."""
        look, ask = (failure.request.cb_kwargs[name] for name in ("look", "ask"))
        look.fail(ask, _explain(failure.value, ask, look))
        yield from self._next(look)

    def _next(self, look: Look, asks: Sequence[Ask] = ()) -> Iterator[Request]:
        """``asks``, then all that may be asked now; the round is reported once nothing is under way."""
        while asks := asks or look.next_asks(self._clock.now()):
            for ask in asks:
                try:
                    yield self._request(look, ask)
                except ValueError:  # an address that is none, found on a page or written into the config
                    look.fail(
                        ask,
                        Trouble(Reason("source_scheme", {"url": without_secrets(ask.url)}), permanent=True),
                    )
            asks = ()
        if look.is_over and look in self._open:
            self._open.remove(look)
            self._report(look.round(self._clock.now()))

    def _request(self, look: Look, ask: Ask) -> Request:
        meta = {
            "download_slot": origin_of(ask.url),
            "limits": look.limits,
            "allow_private": look.request.spec.allow_private,
            "validators": look.validators_for(ask, self._clock.now()),
        }
        return Request(
            ask.url,
            callback=self.answered,
            errback=self.failed,
            cb_kwargs={"look": look, "ask": ask},
            meta=meta,
            priority=1 if ask.is_entry else 0,
            dont_filter=True,  # two sources may look at one address
        )

    def _answer(self, response: Response, ask: Ask) -> Answer:
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        request = response.request
        plainly = request is None or request.meta.get("validators") is None
        return Answer(ask.url, response.status, headers, response.body, self._clock.now(), plainly)


def _read(source: Source, page: Page) -> tuple[list[Item | Follow], Exception | None]:
    """All that can be read, and what stopped it."""
    found: list[Item | Follow] = []
    try:
        for each in source.read(page):
            found.append(each)  # noqa: PERF402 -- what came before an error counts
    except UnreadablePageError as error:
        return found, error
    except Exception as error:  # noqa: BLE001 -- a bug in one kind must not blind all other sources
        _LOG.error("source %r failed on %s", source.id, without_secrets(page.url), exc_info=error)
        return found, error
    return found, None


def _explain(error: BaseException | None, ask: Ask, look: Look) -> Trouble:
    """What a failed download means to the person who looks after the source."""
    facts: dict[str, Value] = {"url": without_secrets(ask.url)}
    found: dict[str, Value] = {**facts, "found": without_secrets(str(error))[:200]}
    match error:
        case PrivateAddressError():
            reason = Reason("source_private_address", {**facts, "address": error.address})
        case TooLargeError():
            reason = Reason("source_too_large", {**facts, "megabytes": error.limit / _MEGABYTE})
        case RobotsDisallowError():
            reason = Reason("source_robots", facts)
        case UnsupportedURLSchemeError():
            reason = Reason("source_scheme", facts)
        case CertificateError():
            reason = Reason("source_tls", found)
        case _:
            return Trouble(_passing(error, facts, found, look), permanent=False)
    return Trouble(reason, permanent=True)


def _passing(
    error: BaseException | None, facts: dict[str, Value], found: dict[str, Value], look: Look
) -> Reason:
    """Troubles that often end by themselves."""
    match error:
        case RobotsUnreachableError():
            return Reason("source_robots_unreachable", facts)
        case DownloadTimeoutError():
            return Reason("source_timeout", {**facts, "seconds": look.limits.total_time.total_seconds()})
        case CannotResolveHostError():
            return Reason("source_unknown_host", facts)
        case DownloadConnectionRefusedError():
            return Reason("source_refused", facts)
        case _:
            return Reason("source_broken", found)
