"""A page as a tree, without what no reader sees and what is not the article."""

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree, html

from crawlers.plain import one_line, without_controls

_XML_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_TOKENS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_FURNITURE_TAGS = frozenset({"aside", "button", "footer", "form", "iframe", "nav", "noscript", "select"})
_SILENT_TAGS = frozenset({"script", "style", "template", "object", "svg"})
_FURNITURE = frozenset(
    {
        *("ad", "ads", "advert", "banner", "breadcrumb", "breadcrumbs", "comment", "comments", "copyright"),
        *("crumb", "crumbs", "disclaimer", "foot", "footer", "hotlist", "hotnews", "nav", "navbar", "pager"),
        *("pagination", "pinglun", "popular", "qrcode", "rank", "ranking", "recommend", "recommended"),
        *(
            "recommendation",
            "related",
            "relate",
            "replies",
            "reply",
            "share",
            "sidebar",
            "sponsor",
            "tuijian",
        ),
        *("xiangguan", "follow", "toplist"),
    }
)
"""Words in class names and ids of what stands around an article."""

_KEPT_TAGS = frozenset({"html", "body", "article", "main", "head"})


def parse(text: str) -> html.HtmlElement:
    """The whole page as a tree; an empty page gives an empty body."""
    bare = without_controls(_XML_PROLOG.sub("", text, count=1)).strip()
    try:
        return html.document_fromstring(bare or "<body></body>")
    except (etree.ParserError, ValueError):  # nothing but a comment
        return html.document_fromstring("<body></body>")


def article_part(page: html.HtmlElement) -> html.HtmlElement:
    """A copy of the page without scripts, hidden elements, comments, lists of other articles and footers."""
    tree = deepcopy(page)
    for node in list(tree.iter()):
        if node is not tree and _is_outside(node):
            _drop(node)
    return tree


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


def _is_outside(node: html.HtmlElement) -> bool:
    if not isinstance(node.tag, str):
        return True
    if node.tag in _SILENT_TAGS or node.tag in _FURNITURE_TAGS:
        return True
    if node.tag in _KEPT_TAGS:
        return False
    if node.get("hidden") is not None or _HIDING.search(node.get("style") or ""):
        return True
    return bool(_FURNITURE & _words(node)) and node.find(".//h1") is None


def _words(node: html.HtmlElement) -> set[str]:
    named = f"{node.get('class') or ''} {node.get('id') or ''}"
    return {word.lower() for word in _TOKENS.findall(named)}


def _drop(node: html.HtmlElement) -> None:
    """Take a node out but leave the text behind it; what lies in a dropped node is gone already."""
    if node.getparent() is not None:
        node.drop_tree()
