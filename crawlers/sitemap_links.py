"""Which links of a sitemap are followed: the newest few, with what the sitemap says of them."""

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from crawlers.articles import MOST_LINKS
from crawlers.dates import read_moment
from crawlers.links import host_of, web_link
from crawlers.sitemaps import BrokenSitemapError, Listed, listed
from crawlers.source import Follow, Page, UnreadablePageError

MOST_PARTS = 20
"""Files of an index that are followed; the archives behind them are no news."""

CLOCK = re.compile(r"\d:\d")
"""A time with hours and minutes, not a day alone."""
_DAY = timedelta(days=1)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SitemapLinks:
    """Reads sitemaps of one source. Links stay on the source's own site; ``pattern`` fits articles alone."""

    source: str
    url: str
    pattern: re.Pattern[str]
    zone: tzinfo

    def of(self, page: Page) -> Iterator[Follow]:
        """The newest parts of an index, or the newest articles: by publication, else by last change.

        Raises UnreadablePageError, after what could be read, for a file that is broken or of which nothing
        fits.
        """
        fitting, error = self.newest(page)
        yield from (self._follow(entry, page) for entry in fitting)
        if error:
            raise UnreadablePageError(self.source, page.url, error.found, error.code) from error

    def newest(self, page: Page) -> tuple[list[Listed], BrokenSitemapError | None]:
        """The entries worth a look, the newest first, and what stopped the reading; no others are held."""
        best: list[tuple[datetime, int, Listed]] = []
        count, broken = 0, None
        try:
            for count, entry in enumerate(listed(page.body), start=1):
                place = (self._age(entry, page), -count, entry)
                # What is older than all that is kept is not looked at closer: addresses are dear to check.
                if len(best) < MOST_LINKS:
                    if self._fits(entry, page):
                        heapq.heappush(best, place)
                elif place[:2] > best[0][:2] and self._fits(entry, page):
                    heapq.heapreplace(best, place)
        except BrokenSitemapError as error:
            broken = error
        found = [entry for _, _, entry in sorted(best, key=lambda place: place[:2], reverse=True)]
        if any(entry.is_sitemap for entry in found):
            found = [entry for entry in found if entry.is_sitemap][:MOST_PARTS]
        if not found and broken is None:
            broken = BrokenSitemapError(f"none of {count} links fits", "source_no_links")
        return found, broken

    def _fits(self, entry: Listed, page: Page) -> bool:
        url = web_link(page.url, entry.url, ())
        is_ours = bool(url) and url != page.url and _is_same_site(host_of(url), host_of(self.url))
        return is_ours and (entry.is_sitemap or bool(entry.title) or bool(self.pattern.search(url)))

    def _age(self, entry: Listed, page: Page) -> datetime:
        moments = (self._moment(written, page) for written in (entry.published, entry.changed) if written)
        return max((at for at in moments if at), default=_LONG_AGO)

    def _moment(self, written: str, page: Page) -> datetime | None:
        """The usual form is read the quick way: there may be tens of thousands."""
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            at = None
        if at and at.tzinfo:
            return at
        moment = read_moment(written, page.fetched_at, self.zone)
        return moment.at if moment else None

    def _follow(self, entry: Listed, page: Page) -> Follow:
        hints = {"title": entry.title, "published": entry.published, "changed": self._changed(entry, page)}
        if entry.is_sitemap:
            hints["lists"] = "yes"
        return Follow(web_link(page.url, entry.url), {name: said for name, said in hints.items() if said})

    def _changed(self, entry: Listed, page: Page) -> str:
        """When it last changed, for certain; a day that is not over says nothing certain yet."""
        moment = read_moment(entry.changed, page.fetched_at, self.zone)
        if moment is None:
            return ""
        at = moment.at if CLOCK.search(entry.changed) else moment.at + _DAY
        return at.isoformat() if at <= page.fetched_at else ""


def _is_same_site(host: str | None, own: str | None) -> bool:
    """Whether a host is the source's own or lies beside or below it: m.a.example of www.a.example."""
    if not host or not own:
        return False
    base = own.removeprefix("www.")
    return host in {own, base} or host.endswith(f".{base}")
