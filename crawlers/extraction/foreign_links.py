"""Paragraphs behind an article that are little more than links to other sites: sold, or left by intruders."""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from lxml import html

from crawlers.extraction.prose import is_prose, lines_of
from crawlers.extraction.tree import meta
from crawlers.plain import one_line

_OPENS, _ENDS = "\ue000", "\ue001"
"""Private characters that stand around the words of a link while lines are made."""

_LINKED_SHARE = 0.5
_FEWEST = 2
"""Links: one alone may be the source, or the report that is spoken of."""

_HEADLINE = 15
"""Letters of a link on average, a line each: a list of articles; what is sold is shorter."""

_LONGEST_HEADING = 12

_SOURCES = re.compile(
    r"^\W*(?:参考|引用|资料|数据|文献|来源|注释|附录|references?|sources?|notes?)", re.IGNORECASE
)
_SHARED = frozenset({"com", "net", "org", "gov", "edu", "ac", "co"})
"""Second labels below a country's, such as in com.cn: a site's own name is the third."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with how many links begin in it, from the page's which on, and how many letters are theirs."""

    text: str
    first: int
    links: int
    linked: int
    letters: int

    @property
    def is_links(self) -> bool:
        return self.links > 0 and self.linked >= _LINKED_SHARE * self.letters


def drop_foreign_links(part: html.HtmlElement, page: html.HtmlElement, url: str) -> None:
    """Take lines of ``part`` that are mostly links to sites that neither ``page`` nor ``url`` names.

    The last ones, and others of several short links. They stay where they are what the article has: a list
    of reports, or its sources.
    """
    home = {_site(address) for address in (url, *_addresses_of(page))}
    foreign = list(_foreign(part, home))
    if len(foreign) < _FEWEST:
        return
    lines = list(_measured(part, home))
    tail = list(_tail(lines))
    sold = [*(tail if _is_no_list(tail, lines) else ()), *_sold_amid(lines)]
    for number in sorted({n for line in sold for n in range(line.first, line.first + line.links)}):
        _drop(foreign[number])


def _drop(link: html.HtmlElement) -> None:
    """Take a link with the words behind it, and its box if next to nothing is left there."""
    box = link.getparent()
    link.tail = None
    link.drop_tree()
    left = "" if box is None else one_line(box.text_content())
    if box is not None and box.getparent() is not None and len(left) <= _LONGEST_HEADING and not len(box):
        box.drop_tree()


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
    depth = first = 0
    for line in lines_of(copy):
        letters = linked = 0
        for char in line:
            depth += (char == _OPENS) - (char == _ENDS)
            letters += char.isalpha()
            linked += char.isalpha() and depth > 0
        bare = line.replace(_OPENS, "").replace(_ENDS, "")
        yield _Line(bare, first, line.count(_OPENS), linked, letters)
        first += line.count(_OPENS)


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


def _sold_amid(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Lines of several short links, wherever they stand, but for those under a heading of sources."""
    for before, line in pairwise([_Line("", 0, 0, 0, 0), *lines]):
        several = line.is_links and line.links >= _FEWEST
        if several and line.linked < _HEADLINE * line.links and not _SOURCES.match(before.text):
            yield line


def _is_no_list(tail: Sequence[_Line], lines: Sequence[_Line]) -> bool:
    links = sum(line.links for line in tail)
    if links < _FEWEST:
        return False
    one_each = links <= len(tail)
    before = sum(is_prose(line.text) and not line.is_links for line in lines)
    if one_each and sum(line.linked for line in tail) >= _HEADLINE * links:
        return False
    return before >= (_FEWEST if one_each else 1)
