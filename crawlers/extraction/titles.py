"""The headline alone: no site's name, no channel, whole also where an attribute breaks off."""

import re
from collections.abc import Iterator

from lxml import html

from crawlers.extraction.tree import meta
from crawlers.plain import one_line

_SURE_CUT = re.compile(r"\s*[_|｜]\s*|\s+[-–—·]\s+")
_CUT = re.compile(r"\s*(?:[_|｜]|[-–—·]+)\s*")
_SITE = re.compile(
    r"(?:网|報|报|新闻|新聞|频道|頻道|中心|网站|在线|社|客户端|电视台|论坛|首页|要闻|滚动|财经|Times|News|Daily)$"
)
_LONGEST_SITE = 14
_SHORTEST = 4


def title_of(page: html.HtmlElement, part: html.HtmlElement) -> str:
    """The headline, empty where the page has none.

    A heading or ``og:title`` is believed where the page's own ``title`` begins with it and goes on with a
    separator; an attribute broken by a quotation mark does not go on with one.
    """
    whole = _text(page.find(".//title"))
    named = [*_headings(part), *_named(page)]
    whole_ones = [name for name in named if _begins(whole, name)]
    if whole_ones:
        return max(whole_ones, key=len)
    bare = _without_site(whole, page)
    if len(bare) >= _SHORTEST and not _is_site(bare, page):
        return bare
    others = [name for name in named if len(name) >= _SHORTEST and not _is_site(name, page)]
    return others[0] if others else bare or next(iter(named), "")


def _headings(part: html.HtmlElement) -> Iterator[str]:
    for tag in ("h1", "h2"):
        yield from (text for node in part.iter(tag) if (text := _text(node)))


def _named(page: html.HtmlElement) -> Iterator[str]:
    names = {"og:title", "twitter:title", "headline", "articletitle"}
    yield from (content for name, content in meta(page) if name in names and content)


def _begins(whole: str, name: str) -> bool:
    rest = whole.removeprefix(name) if len(name) >= _SHORTEST else None
    return rest is not None and rest != whole and (not rest or _CUT.match(rest) is not None)


def _without_site(whole: str, page: html.HtmlElement) -> str:
    """Cut channel and site from the end, as long as what is left may be a headline."""
    bare = _SURE_CUT.split(whole)[0]
    while cuts := list(_CUT.finditer(bare)):
        last = cuts[-1]
        tail = bare[last.end() :]
        if last.start() < _SHORTEST or not _is_site(tail, page):
            break
        bare = bare[: last.start()]
    return bare


def _is_site(name: str, page: html.HtmlElement) -> bool:
    sites = {content for key, content in meta(page) if key in {"og:site_name", "application-name"}}
    return name in sites or (len(name) <= _LONGEST_SITE and _SITE.search(name) is not None)


def _text(node: html.HtmlElement | None) -> str:
    return "" if node is None else one_line(node.text_content())
