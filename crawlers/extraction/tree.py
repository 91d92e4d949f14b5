"""A page as a tree, without what no reader sees and what is not the article."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy

from lxml import etree, html

from crawlers.extraction.broken_lines import part_lines
from crawlers.extraction.comment_parts import IsLater
from crawlers.extraction.comments import drop_comments
from crawlers.extraction.hidden import FADED, sign_of
from crawlers.extraction.prose import has_prose, is_prose, lines_of
from crawlers.extraction.sheets import hidden_names
from crawlers.extraction.shown_times import spell_out
from crawlers.extraction.voices import drop_voices
from crawlers.plain import one_line, without_controls

_XML_PROLOG = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_TOKENS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_FURNITURE_TAGS = frozenset({"aside", "button", "footer", "form", "iframe", "nav", "noscript", "select"})
_SILENT_TAGS = frozenset(
    {
        *("script", "style", "template", "object", "svg", "canvas", "audio", "video", "noembed", "noframes"),
        *("datalist", "textarea"),
    }
)
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

_SIGN, _BARE = "data-hidden-by", "data-without-text"
_MAY_HIDE = etree.XPath(
    f"descendant::*[@hidden or @style or @color or @class or @id or @{_SIGN} or self::marquee]"
)
_OUTERMOST = etree.XPath(f"descendant::*[@{_SIGN}][not(ancestor::*[@{_SIGN}])]")
_KEPT_TAGS = frozenset({"html", "body", "article", "main", "head"})


def parse(text: str) -> html.HtmlElement:
    """The whole page as a tree; an empty page gives an empty body."""
    bare = without_controls(_XML_PROLOG.sub("", text, count=1)).strip()
    try:
        return html.document_fromstring(bare or "<body></body>")
    except (etree.ParserError, ValueError):  # nothing but a comment
        return html.document_fromstring("<body></body>")


def visible(page: html.HtmlElement) -> html.HtmlElement:
    """A copy of the page without scripts, hidden elements and lists of nothing but links.

    What is hidden in the way that hides most of the page's text is the article, and stays.
    """
    bare = deepcopy(page)
    _drop_all(bare, _is_silent)
    spell_out(bare)
    told = _mark_hidden(bare, hidden_names(page))
    if not told:
        return _shown(bare)
    sign = max(told, key=lambda name: told[name])
    tree, with_it = _shown(deepcopy(bare)), _shown(bare, spared=sign)
    return with_it if _is_the_article(sign, tree, with_it) else tree


def _mark_hidden(tree: html.HtmlElement, names: Mapping[str, str]) -> dict[str, int]:
    """Write on each hidden element by which sign; how many letters of running text each sign hides."""
    for node in _MAY_HIDE(tree):
        node.attrib.pop(_SIGN, None)
        node.attrib.pop(_BARE, None)
        sign = sign_of(node, names) if node.tag not in _KEPT_TAGS else None
        if sign:
            node.set(_SIGN, sign)
    told: Counter[str] = Counter()
    for node in _OUTERMOST(tree):
        letters = sum(map(len, _prose_of(node)))
        told[node.get(_SIGN)] += letters
        if not letters:
            node.set(_BARE, "")
    return {sign: letters for sign, letters in told.items() if letters}


def _shown(tree: html.HtmlElement, spared: str | None = None) -> html.HtmlElement:
    """The tree without what is hidden, but for running text that one sign hides."""
    _drop_all(tree, lambda node: _is_hidden(node, spared))
    _drop_lists_of_links(tree)
    return tree


def _is_hidden(node: html.HtmlElement, spared: str | None) -> bool:
    sign = node.get(_SIGN)
    return sign is not None and (sign != spared or node.get(_BARE) is not None)


def _prose_of(node: html.HtmlElement) -> list[str]:
    """Lines of running text in an element, without the words of its links."""
    copy = deepcopy(node)
    copy.tail = None
    _drop_all(copy, lambda inner: inner.tag == "a")
    return [line for line in lines_of(copy) if is_prose(line)]


def _is_the_article(sign: str, tree: html.HtmlElement, with_it: html.HtmlElement) -> bool:
    """Whether the page has no text without it; what only fades in may also be begun and outweighed by it."""
    seen, all_of_it = (_prose_of(without_furniture(part)) for part in (tree, with_it))
    if not seen or sign not in FADED:
        return not seen
    hidden = sum(map(len, all_of_it)) - sum(map(len, seen))
    return hidden > sum(map(len, seen)) and all_of_it[0] != seen[0]


def without_furniture(tree: html.HtmlElement) -> html.HtmlElement:
    """A copy without what is named as standing around an article: navigation, footers, comments."""
    copy = deepcopy(tree)
    _drop_all(copy, _is_furniture)
    return copy


def article_part(tree: html.HtmlElement, headline: str, is_later: IsLater) -> html.HtmlElement:
    """A copy of what is visible without furniture and without comments, whatever they are named."""
    part = _without_others(tree, headline, is_later, keep_first=False)
    return part if has_prose(part) else _without_others(tree, headline, is_later, keep_first=True)


def _without_others(
    tree: html.HtmlElement, headline: str, is_later: IsLater, *, keep_first: bool
) -> html.HtmlElement:
    copy = deepcopy(tree)
    part_lines(copy)
    drop_comments(copy, headline, is_later, keep_first=keep_first)
    _drop_all(copy, _is_furniture)
    drop_voices(copy, headline)
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


def _is_silent(node: html.HtmlElement) -> bool:
    return not isinstance(node.tag, str) or node.tag in _SILENT_TAGS


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
