"""News behind a sitemap or an index of sitemaps, plain or packed: ``{id: wangcheng, kind: sitemap, url: …}``.

Options besides the limits every source knows: ``pattern``, a regular expression that an article's address
contains (entries of news sitemaps are articles anyway); ``follow: false``, where titles are enough or the
articles may not be read; ``zone``, where the site's clock hangs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from urllib.parse import urlsplit

from crawlers.addresses import without_secrets
from crawlers.articles import article_of, pattern_of
from crawlers.dates import read_moment
from crawlers.limits import check_options, zone_of
from crawlers.plain import one_line, plain_text
from crawlers.sitemap_links import CLOCK, SitemapLinks
from crawlers.sitemaps import is_sitemap
from crawlers.source import Follow, Page, UnreadablePageError
from wanglou.domain.item import DatedBy, Item
from wanglou.domain.source import SourceSpec


@dataclass(frozen=True, slots=True)
class SitemapSource:
    """One sitemap; the newest articles it lists give one item each."""

    id: str
    url: str
    links: SitemapLinks
    zone: tzinfo
    follow: bool

    def urls(self) -> Iterable[str]:
        """Ask for the sitemap."""
        return [self.url]

    def read(self, page: Page) -> Iterator[Item | Follow]:
        """Links of a sitemap, the newest first, or items of its titles alone; or the item of an article.

        Of an article that cannot be read the sitemap's own title and time are yielded before the error.
        """
        if is_sitemap(page.body):
            yield from self.links.of(page) if self.follow else self._titles(page)
        elif page.follows is None:
            code = "source_empty_page" if not page.body.strip() else "source_no_sitemap"
            raise UnreadablePageError(self.id, page.url, "no sitemap", code)
        else:
            yield from self._article(page, page.follows)

    def _article(self, page: Page, link: Follow) -> Iterator[Item]:
        listed = self._listed(page, link)
        try:
            read = article_of(self.id, page, self.zone)
        except UnreadablePageError:
            if listed.title:
                yield replace(listed, url=without_secrets(page.url))
            raise
        is_exact = CLOCK.search(link.hints.get("published", ""))
        if listed.published_at and (is_exact or not read.published_at):
            read = replace(read, published_at=listed.published_at, dated_by=listed.dated_by)
        yield read

    def _titles(self, page: Page) -> Iterator[Item | Follow]:
        """Titles as they stand; the parts of an index are still followed."""
        seen = titled = 0
        for link in self.links.of(page):
            if "lists" in link.hints:
                yield link
                continue
            seen += 1
            if "title" in link.hints:
                titled += 1
                yield self._listed(page, link)
        if seen and not titled:
            raise UnreadablePageError(self.id, page.url, f"{seen} links", "source_sitemap_untitled")

    def _listed(self, page: Page, link: Follow) -> Item:
        """What the sitemap says of an article: title and time, no text."""
        moment = read_moment(link.hints.get("published", ""), page.fetched_at, self.zone)
        return Item(
            source=self.id,
            url=without_secrets(link.url),
            title=one_line(plain_text(link.hints.get("title", ""))),
            text="",
            published_at=moment.at if moment else None,
            dated_by=DatedBy.SITEMAP if moment else DatedBy.NONE,
        )


def plugin(spec: SourceSpec) -> SitemapSource:
    """Build the source that ``spec`` describes."""
    check_options(spec, own=("zone", "pattern", "follow"))
    if urlsplit(spec.url).scheme not in {"http", "https"}:
        raise ValueError(f"source {spec.id!r}: url {spec.url!r} must begin with http:// or https://")
    follow = spec.options.get("follow", True)
    if not isinstance(follow, bool):
        raise ValueError(f"source {spec.id!r}: follow: {follow!r} is neither true nor false")  # noqa: TRY004 -- seam's error
    zone = zone_of(spec)
    return SitemapSource(
        spec.id, spec.url, SitemapLinks(spec.id, spec.url, pattern_of(spec), zone), zone, follow
    )


PLUGIN = plugin
