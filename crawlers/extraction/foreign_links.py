"""Paragraphs behind an article that are little more than links to other sites: sold, or left by intruders."""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import html

from crawlers.extraction.prose import is_prose, lines_of
from crawlers.extraction.tree import meta

_OPENS, _ENDS = "\ue000", "\ue001"
"""Private characters that stand around the words of a link while lines are made."""

_LINKED_SHARE = 0.5
_FEWEST = 2
"""Links: one alone may be the source, or the report that is spoken of."""

_HEADLINE = 15
"""Letters of a link on average, a line each: a list of articles; what is sold is shorter."""

_SOURCES = re.compile(
    r"^\W*(?:参考|引用|资料|数据|文献|来源|注释|附录|references?|sources?|notes?)", re.IGNORECASE
)
_SHARED = frozenset({"com", "net", "org", "gov", "edu", "ac", "co"})
"""Second labels below a country's, such as in com.cn: a site's own name is the third."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with how many links begin in it and how many of its letters are theirs."""

    text: str
    links: int
    linked: int
    letters: int

    @property
    def is_links(self) -> bool:
        return self.links > 0 and self.linked >= _LINKED_SHARE * self.letters


def drop_foreign_links(part: html.HtmlElement, page: html.HtmlElement, url: str) -> None:
    """Take the last lines of ``part`` that are mostly links to sites that neither ``page`` nor ``url`` names.

    They stay where they are what the article has: a list of reports, or its sources.
    """
    home = {_site(address) for address in (url, *_addresses_of(page))}
    foreign = list(_foreign(part, home))
    if len(foreign) < _FEWEST:
        return
    lines = list(_measured(part, home))
    tail = list(_tail(lines))
    if not _is_no_list(tail, lines):
        return
    for link in foreign[-sum(line.links for line in tail) :]:
        link.tail = None
        link.drop_tree()


def _foreign(part: html.HtmlElement, home: set[str]) -> Iterator[html.HtmlElement]:
    for link in part.iter("a"):
        if (site := _site(link.get("href") or "")) and site not in home:
            yield link


def _addresses_of(page: html.HtmlElement) -> Iterator[str]:
    yield from (content for name, content in meta(page) if name in {"og:url", "twitter:url"})
    yield from (node.get("href") or "" for node in page.iter("link") if node.get("rel") == "canonical")


def _site(address: str) -> str:
    """The name a site is registered under, empty for an address within the page's own."""
    try:
        host = urlsplit(address.strip()).hostname or ""
    except ValueError:  # a bracket that no address has
        return ""
    labels = host.split(".")
    return ".".join(labels[-3:] if len(labels) > 2 and labels[-2] in _SHARED else labels[-2:])  # noqa: PLR2004


def _measured(part: html.HtmlElement, home: set[str]) -> Iterator[_Line]:
    copy = deepcopy(part)
    for link in _foreign(copy, home):
        link.text = _OPENS + (link.text or "")
        link.tail = _ENDS + (link.tail or "")
    depth = 0
    for line in lines_of(copy):
        letters = linked = 0
        for char in line:
            depth += (char == _OPENS) - (char == _ENDS)
            letters += char.isalpha()
            linked += char.isalpha() and depth > 0
        bare = line.replace(_OPENS, "").replace(_ENDS, "")
        yield _Line(bare, line.count(_OPENS), linked, letters)


def _tail(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Lines of links from the last one up to a sentence; a heading of sources says that they belong."""
    found: list[_Line] = []
    for line in reversed(lines):
        if line.is_links:
            found.append(line)
        elif found and _SOURCES.match(line.text):
            return
        elif is_prose(line.text):
            break
    yield from found


def _is_no_list(tail: Sequence[_Line], lines: Sequence[_Line]) -> bool:
    links = sum(line.links for line in tail)
    if links < _FEWEST:
        return False
    one_each = links <= len(tail)
    before = sum(is_prose(line.text) and not line.is_links for line in lines)
    if one_each and sum(line.linked for line in tail) >= _HEADLINE * links:
        return False
    return before >= (_FEWEST if one_each else 1)
