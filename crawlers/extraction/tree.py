"""A page as a tree, without what no reader sees and what is not the article."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy

from lxml import etree, html

from crawlers.extraction.comments import IsLater, drop_comments
from crawlers.plain import one_line, plain_text, without_controls

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
        *("recommendation", "related", "relate", "replies", "reply", "share", "sidebar", "sponsor"),
        *("tuijian", "xiangguan", "follow", "toplist"),
    }
)
"""Words in class names and ids of what stands around an article."""

_BOXES = frozenset({"div", "ul", "ol", "dl", "section", "table", "td"})
_MANY_LINKS = 12
_LINKED_SHARE = 0.9
_LONGEST_LINK = 40
"""Letters of a link on average; there are sites that make links of whole paragraphs."""

_SENTENCE = 20
_STOPS = re.compile(r"[，。！？；,.!?;]")
_LONGEST_NOTICE = 80
_RIGHTS = re.compile(
    r"^\W*\S{0,12}\s*(?:版权所有|版權所有)|未经授权|ICP[备證证]|copyright|©|all rights reserved",
    re.IGNORECASE,
)
_KEPT_TAGS = frozenset({"html", "body", "article", "main", "head"})


def parse(text: str) -> html.HtmlElement:
    """The whole page as a tree; an empty page gives an empty body."""
    bare = without_controls(_XML_PROLOG.sub("", text, count=1)).strip()
    try:
        return html.document_fromstring(bare or "<body></body>")
    except (etree.ParserError, ValueError):  # nothing but a comment
        return html.document_fromstring("<body></body>")


def visible(page: html.HtmlElement) -> html.HtmlElement:
    """A copy of the page without scripts, hidden elements and lists of nothing but links."""
    tree = deepcopy(page)
    _drop_all(tree, _is_unseen)
    _drop_lists_of_links(tree)
    return tree


def without_furniture(tree: html.HtmlElement) -> html.HtmlElement:
    """A copy without what is named as standing around an article: navigation, footers, comments."""
    copy = deepcopy(tree)
    _drop_all(copy, _is_furniture)
    return copy


def article_part(tree: html.HtmlElement, headline: str, is_later: IsLater) -> html.HtmlElement:
    """A copy of what is visible without furniture and without comments, whatever they are named."""
    part = _without_others(tree, headline, is_later, keep_first=False)
    return part if has_prose(part) else _without_others(tree, headline, is_later, keep_first=True)


def has_prose(part: html.HtmlElement) -> bool:
    """Whether a sentence is left that is no notice of rights."""
    return any(is_prose(line) for line in lines_of(part))


def lines_of(node: html.HtmlElement) -> list[str]:
    """What a reader sees of ``node``, a line a block."""
    text = plain_text(html.tostring(node, encoding="unicode", with_tail=False))
    return [one_line(line) for line in text.splitlines()]


def is_prose(line: str) -> bool:
    """A line of running text, not a link, a heading or a notice of rights."""
    return len(line) >= _SENTENCE and bool(_STOPS.search(line)) and not is_notice(line)


def is_notice(line: str) -> bool:
    """A short line about whose page it is."""
    return len(line) <= _LONGEST_NOTICE and _RIGHTS.search(line) is not None


def _without_others(
    tree: html.HtmlElement, headline: str, is_later: IsLater, *, keep_first: bool
) -> html.HtmlElement:
    copy = deepcopy(tree)
    drop_comments(copy, headline, is_later, keep_first=keep_first)
    _drop_all(copy, _is_furniture)
    return copy


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


def _is_unseen(node: html.HtmlElement) -> bool:
    if not isinstance(node.tag, str) or node.tag in _SILENT_TAGS:
        return True
    if node.tag in _KEPT_TAGS:
        return False
    return node.get("hidden") is not None or _HIDING.search(node.get("style") or "") is not None


def _is_furniture(node: html.HtmlElement) -> bool:
    if node.tag in _FURNITURE_TAGS:
        return True
    if node.tag in _KEPT_TAGS:
        return False
    return bool(_FURNITURE & _words(node)) and node.find(".//h1") is None


def _words(node: html.HtmlElement) -> set[str]:
    named = f"{node.get('class') or ''} {node.get('id') or ''}"
    return {word.lower() for word in _TOKENS.findall(named)}


def _drop_lists_of_links(tree: html.HtmlElement) -> None:
    """Drop boxes of many links and hardly a word besides: most of a portal's page, slow to judge later."""
    links: Counter[html.HtmlElement] = Counter()
    letters: Counter[html.HtmlElement] = Counter()
    for link in tree.iter("a"):
        above = [node for node in link.iterancestors() if node.tag in _BOXES]
        links.update(above)
        letters.update(dict.fromkeys(above, _letters(link)))
    for box in [node for node, many in links.items() if many >= _MANY_LINKS]:
        short = letters[box] <= _LONGEST_LINK * links[box]
        bare = letters[box] >= _LINKED_SHARE * _letters(box)
        if short and bare and box.getparent() is not None:
            box.drop_tree()


def _letters(node: html.HtmlElement) -> int:
    """Letters alone: the dates beside links are no words."""
    return sum(map(str.isalpha, "".join(node.itertext())))


def _drop_all(tree: html.HtmlElement, goes: Callable[[html.HtmlElement], bool]) -> None:
    """Take nodes out but leave the text behind them; what lies in a dropped node is gone already."""
    for node in list(tree.iter()):
        if node is not tree and goes(node) and node.getparent() is not None:
            node.drop_tree()
