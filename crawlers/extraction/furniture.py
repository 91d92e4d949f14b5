"""What stands around an article on a page: navigation, footers, and boxes of nothing but links."""

import re
from collections import Counter
from copy import deepcopy

from lxml import html

from crawlers.extraction.tree import KEPT_TAGS, drop

_TOKENS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_FURNITURE_TAGS = frozenset({"aside", "button", "footer", "form", "iframe", "nav", "noscript", "select"})
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


def without_furniture(tree: html.HtmlElement) -> html.HtmlElement:
    """A copy without what is named as standing around an article: navigation, footers, comments."""
    copy = deepcopy(tree)
    drop_furniture(copy)
    return copy


def drop_furniture(tree: html.HtmlElement) -> None:
    """Take out what is named as standing around an article."""
    drop(node for node in tree.iterdescendants() if _is_furniture(node))


def drop_lists_of_links(tree: html.HtmlElement) -> None:
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


def _is_furniture(node: html.HtmlElement) -> bool:
    if node.tag in _FURNITURE_TAGS:
        return True
    if node.tag in KEPT_TAGS:
        return False
    return bool(_FURNITURE & _words(node)) and node.find(".//h1") is None


def _words(node: html.HtmlElement) -> set[str]:
    named = f"{node.get('class') or ''} {node.get('id') or ''}"
    return {word.lower() for word in _TOKENS.findall(named)}
