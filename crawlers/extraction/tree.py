"""A page as a tree, what its head and its scripts say, and how something is taken out of it."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree, html

from crawlers.plain import one_line, without_controls

_XML_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)

KEPT_TAGS = frozenset({"html", "body", "article", "main", "head"})
"""What holds the article, however it is named or styled."""


def parse(text: str) -> html.HtmlElement:
    """The whole page as a tree; an empty page gives an empty body."""
    bare = without_controls(_XML_PROLOG.sub("", text, count=1)).strip()
    try:
        return html.document_fromstring(bare or "<body></body>")
    except (etree.ParserError, ValueError):  # nothing but a comment
        return html.document_fromstring("<body></body>")


def meta(page: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """(name in lower case, content) of every ``meta``, in the page's order."""
    for node in page.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop") or ""
        yield name.strip().lower(), one_line(node.get("content") or "")


def scripts(page: html.HtmlElement, kind: str | None = None) -> Iterator[str]:
    """The texts of scripts; ``kind`` picks one type, None all that are no data."""
    for node in page.iter("script"):
        if kind is None or (node.get("type") or "").strip().lower() == kind:
            yield node.text or ""


def drop(nodes: Iterable[html.HtmlElement]) -> None:
    """Take nodes out of their tree but leave the text behind them; one may lie in another."""
    for node in list(nodes):
        if node.getparent() is not None:
            node.drop_tree()
