"""Markup to the words a reader sees."""

import re

from lxml import etree, html

_UNSEEN = frozenset({"script", "style", "noscript", "template", "iframe", "object", "svg", "head", "title"})
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p"),
        *("pre", "section", "table", "td", "th", "tr", "ul"),
    }
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def without_controls(text: str) -> str:
    """Drop characters that XML and databases refuse; none of them is ever seen."""
    return _FORBIDDEN.sub("", text)


def one_line(text: str) -> str:
    """Fold all white space, the full-width space too, into single blanks."""
    return " ".join(without_controls(text).split())


def plain_text(markup: str) -> str:
    """The words of an HTML fragment, one line a block, entities resolved, scripts and styles left out."""
    markup = without_controls(markup)
    if "<" not in markup and "&" not in markup:
        return _tidy(markup)
    return _tidy("".join(_words(html.fromstring(f"<div>{markup}</div>"))))


def _tidy(text: str) -> str:
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def _words(root: html.HtmlElement) -> list[str]:
    """Text in reading order. Iterative, because feeds nest deeper than Python recurses."""
    words: list[str] = []
    hidden = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        is_element = event in {"start", "end"}
        unseen = is_element and node.tag in _UNSEEN
        if event == "start":
            hidden += unseen
            words.append("\n" if node.tag in _BLOCKS else "")
            words.append(node.text or "" if not hidden else "")
            continue
        hidden -= unseen
        words.append("\n" if is_element and node.tag in _BLOCKS else "")
        words.append(node.tail or "" if not hidden and node is not root else "")
    return words
