"""News pages behind a list page, a feed or a sitemap: ``{id: wangcheng, kind: article, url: …}``.

Options besides the limits every source knows: ``pattern``, a regular expression that an article's address
contains, and ``zone``, where the site's clock hangs.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from urllib.parse import urlsplit

from lxml import etree

from crawlers.articles import MOST_LINKS, article_of, pattern_of
from crawlers.charset import decode
from crawlers.extraction.tree import parse
from crawlers.limits import check_options, zone_of
from crawlers.links import host_of, joined
from crawlers.plain import without_controls
from crawlers.sitemap_links import SitemapLinks
from crawlers.sitemaps import is_sitemap
from crawlers.source import Follow, Page, UnreadablePageError
from wanglou.domain.item import Item
from wanglou.domain.source import SourceSpec

_XML = re.compile(r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL)
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class ArticleSource:
    """One list of articles; each article's own page gives one item."""

    id: str
    url: str
    pattern: re.Pattern[str]
    zone: tzinfo

    def urls(self) -> Iterable[str]:
        """Ask for the list."""
        return [self.url]

    def read(self, page: Page) -> Iterator[Item | Follow]:
        """Links of the list, on its own host; or the item of an article's page. No time: undated."""
        if is_sitemap(page.body):
            yield from SitemapLinks(self.id, self.url, self.pattern, self.zone).of(page)
        elif page.follows is None:
            yield from self._links(page)
        else:
            yield article_of(self.id, page, self.zone)

    def _links(self, page: Page) -> Iterator[Follow]:
        host = host_of(self.url)
        links = dict.fromkeys(joined(page.url, link) for link in _links_of(page))
        fit = [url for url in links if host_of(url) == host and self.pattern.search(url) and url != page.url]
        if not fit:
            found = f"none of {len(links)} links fits"
            raise UnreadablePageError(self.id, page.url, found, "source_no_links")
        yield from (Follow(url, {}) for url in fit[:MOST_LINKS])


def _links_of(page: Page) -> Iterator[str]:
    """Every link of a feed or a list page, in the page's order."""
    text = without_controls(decode(page.body))
    if not _XML.match(text):
        yield from (node.get("href") or "" for node in parse(text).iter("a"))
        return
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(_PROLOG.sub("", text, count=1).strip().encode("utf-8", "replace"), parser)
    for node in root.iter("{*}link") if root is not None else ():
        yield (node.text or "").strip() or node.get("href") or ""


def plugin(spec: SourceSpec) -> ArticleSource:
    """Build the source that ``spec`` describes."""
    check_options(spec, own=("zone", "pattern"))
    if urlsplit(spec.url).scheme not in {"http", "https"}:
        raise ValueError(f"source {spec.id!r}: url {spec.url!r} must begin with http:// or https://")
    return ArticleSource(spec.id, spec.url, pattern_of(spec), zone_of(spec))


PLUGIN = plugin
