"""A page without what no reader sees."""

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy

from lxml import etree, html

from crawlers.extraction.furniture import drop_lists_of_links, without_furniture
from crawlers.extraction.hidden import FADED, sign_of
from crawlers.extraction.prose import is_prose, lines_of
from crawlers.extraction.sheets import hidden_names
from crawlers.extraction.shown_times import spell_out
from crawlers.extraction.tree import KEPT_TAGS, drop

_SILENT_TAGS = frozenset(
    {
        *("script", "style", "template", "object", "svg", "canvas", "audio", "video", "noembed", "noframes"),
        *("datalist", "textarea"),
    }
)
_SIGN, _BARE = "data-hidden-by", "data-without-text"
_MAY_HIDE = etree.XPath(
    f"descendant::*[@hidden or @style or @color or @class or @id or @{_SIGN} or self::marquee]"
)
_OUTERMOST = etree.XPath(f"descendant::*[@{_SIGN}][not(ancestor::*[@{_SIGN}])]")


def visible(page: html.HtmlElement) -> html.HtmlElement:
    """A copy of the page without scripts, hidden elements and lists of nothing but links.

    What is hidden in the way that hides most of the page's text is the article, and stays.
    """
    bare = deepcopy(page)
    drop(node for node in bare.iterdescendants() if _is_silent(node))
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
        sign = sign_of(node, names) if node.tag not in KEPT_TAGS else None
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
    drop(node for node in tree.iterdescendants() if _is_hidden(node, spared))
    drop_lists_of_links(tree)
    return tree


def _is_hidden(node: html.HtmlElement, spared: str | None) -> bool:
    sign = node.get(_SIGN)
    return sign is not None and (sign != spared or node.get(_BARE) is not None)


def _prose_of(node: html.HtmlElement) -> list[str]:
    """Lines of running text in an element, without the words of its links."""
    copy = deepcopy(node)
    copy.tail = None
    drop(link for link in copy.iterdescendants() if link.tag == "a")
    return [line for line in lines_of(copy) if is_prose(line)]


def _is_the_article(sign: str, tree: html.HtmlElement, with_it: html.HtmlElement) -> bool:
    """Whether the page has no text without it; what only fades in may also be begun and outweighed by it."""
    seen, all_of_it = (_prose_of(without_furniture(part)) for part in (tree, with_it))
    if not seen or sign not in FADED:
        return not seen
    hidden = sum(map(len, all_of_it)) - sum(map(len, seen))
    return hidden > sum(map(len, seen)) and all_of_it[0] != seen[0]


def _is_silent(node: html.HtmlElement) -> bool:
    return not isinstance(node.tag, str) or node.tag in _SILENT_TAGS
