"""News pages behind a list page, a feed or a sitemap: ``{id: wangcheng, kind: article, url: …}``.

Options besides the limits every source knows: ``pattern``, a regular expression that an article's address
contains, and ``zone``, where the site's clock hangs.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

from crawlers.addresses import without_secrets
from crawlers.charset import decode
from crawlers.extraction.article import Article, extract
from crawlers.extraction.tree import parse
from crawlers.limits import check_options, zone_of
from crawlers.plain import without_controls
from crawlers.source import Follow, Page, UnreadablePageError
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.source import SourceSpec

_XML = re.compile(r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF|urlset)[\s>]", re.DOTALL)
_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>")
_LOOKS_LIKE_ONE = re.compile(r"/\d{4}[-/]?\d{2}|\d{5,}|\.s?html?$|/(?:article|news|a|p|story)/[\w-]+")
_MOST_LINKS = 500


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
        if page.follows is None:
            yield from self._links(page)
        else:
            yield self._item(page)

    def _links(self, page: Page) -> Iterator[Follow]:
        host = urlsplit(self.url).hostname
        links = dict.fromkeys(_joined(page.url, link) for link in _addresses(page))
        fit = [url for url in links if _host(url) == host and self.pattern.search(url) and url != page.url]
        if not fit:
            found = f"none of {len(links)} links fits"
            raise UnreadablePageError(self.id, page.url, found, "source_no_links")
        yield from (Follow(url, {}) for url in fit[:_MOST_LINKS])

    def _item(self, page: Page) -> Item:
        article = extract(page.body, page.headers.get("content-type", ""), page.fetched_at, self.zone)
        if not article.title or not article.text:
            raise UnreadablePageError(self.id, page.url, "no headline or no text", "source_no_article")
        return item_of(self.id, page.url, article)


def item_of(source: str, url: str, article: Article) -> Item:
    """An article as an item."""
    moment = article.published
    dated_by = DatedBy.NONE
    if moment:
        dated_by = DatedBy.RELATIVE if moment.relative else DatedBy.PAGE
    return Item(
        source=source,
        url=without_secrets(url),
        title=article.title,
        text=article.text,
        author=Author(article.author) if article.author else None,
        published_at=moment.at if moment else None,
        dated_by=dated_by,
    )


def _addresses(page: Page) -> Iterator[str]:
    """Every link of a feed, a sitemap or a list page, in the page's order."""
    text = without_controls(decode(page.body))
    if not _XML.match(text):
        yield from (node.get("href") or "" for node in parse(text).iter("a"))
        return
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(_PROLOG.sub("", text, count=1).strip().encode("utf-8", "replace"), parser)
    for node in root.iter("{*}loc", "{*}link") if root is not None else ():
        yield (node.text or "").strip() or node.get("href") or ""


def _joined(base: str, link: str) -> str:
    try:
        return urldefrag(urljoin(base, link.strip())).url
    except ValueError:  # an unclosed bracket in the host
        return ""


def _host(url: str) -> str | None:
    parts = urlsplit(url)
    return parts.hostname if parts.scheme in {"http", "https"} else None


def _pattern_of(spec: SourceSpec) -> re.Pattern[str]:
    written = spec.options.get("pattern")
    if written is None:
        return _LOOKS_LIKE_ONE
    try:
        return re.compile(str(written))
    except re.error as error:
        raise ValueError(
            f"source {spec.id!r}: pattern {written!r} is no regular expression: {error}"
        ) from error


def plugin(spec: SourceSpec) -> ArticleSource:
    """Build the source that ``spec`` describes."""
    check_options(spec, own=("zone", "pattern"))
    if urlsplit(spec.url).scheme not in {"http", "https"}:
        raise ValueError(f"source {spec.id!r}: url {spec.url!r} must begin with http:// or https://")
    return ArticleSource(spec.id, spec.url, _pattern_of(spec), zone_of(spec))


PLUGIN = plugin
