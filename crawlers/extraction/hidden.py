"""What a page hides from its readers, and when a hidden box is the article all the same.

Links that intruders leave in a page are hidden from its owner; an article is hidden until it slides in.
"""

import re
from collections.abc import Iterator, Mapping

from lxml import html

from crawlers.extraction.styles import Style, colour, is_see_through, is_tiny, read_style, sign_of_style

_CLASSES = frozenset(
    {
        *("hidden", "hide", "is-hidden", "u-hidden", "d-none", "dn", "display-none", "displaynone"),
        *("invisible", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "offscreen"),
        *("element-invisible", "layui-hide"),
    }
)
_SHOWN_ON_SOME = re.compile(r"[:-](?:block|flex|grid|inline|inline-block|table|visible)$")
"""Names such as ``md:block`` beside ``hidden``: it is hidden on narrow screens alone."""

_WHITE = 240
_ALIKE = 20
"""Of 255, in each of red, green and blue: letters that nobody tells from their background."""

FADED = frozenset({"visibility", "opacity", "colour"})
"""Signs that a stylesheet or a script takes back, for an article that fades in or stands on a dark page."""


def sign_of(node: html.HtmlElement, names: Mapping[str, str]) -> str | None:
    """By which sign an element is hidden, None for one that is seen.

    ``names``: classes and ids that the page's own sheet hides, each with its sign.
    """
    if node.get("hidden") is not None:
        return "attribute"
    if node.tag == "marquee":
        return "marquee"
    written = node.get("style")
    style = read_style(written) if written else {}
    found = sign_of_style(style) or _by_sheet(node, names)
    if found and not (found == "size" and any(_sets_size(inner) for inner in node.iterdescendants())):
        return found
    if _has_colour(node, style) and _is_lost_in_its_background(node, style):
        return "colour"
    return "class" if _by_class(node) else None


def _by_sheet(node: html.HtmlElement, names: Mapping[str, str]) -> str | None:
    if not names:
        return None
    own = [f".{name}" for name in (node.get("class") or "").split()] + [f"#{node.get('id')}"]
    return next((names[name] for name in own if name in names), None)


def _sets_size(node: html.HtmlElement) -> bool:
    """Whether letters are of a readable size again: editors write 0 around boxes to close gaps."""
    style = read_style(node.get("style") or "") if isinstance(node.tag, str) else {}
    return "font-size" in style and not is_tiny(style)


def _by_class(node: html.HtmlElement) -> bool:
    written = node.get("class")
    names = written.lower().split() if written else []
    if _CLASSES.isdisjoint(names):
        return False
    return not any(_SHOWN_ON_SOME.search(name) for name in names)


def _has_colour(node: html.HtmlElement, style: Style) -> bool:
    return "color" in style or node.get("color") is not None


def _is_lost_in_its_background(node: html.HtmlElement, style: Style) -> bool:
    written = style.get("color") or (node.get("color") or "").lower().strip()
    behind = next(_backgrounds(node), None)
    if is_see_through(written):
        return behind is None
    letters = colour(written)
    if letters is None:
        return False
    if behind is None:
        return min(letters) >= _WHITE
    ground = colour(behind)
    return ground is not None and all(abs(a - b) <= _ALIKE for a, b in zip(letters, ground, strict=True))


def _backgrounds(node: html.HtmlElement) -> Iterator[str]:
    """What is written of the backgrounds behind an element, the nearest first."""
    for box in (node, *node.iterancestors()):
        style = read_style(box.get("style") or "")
        written = style.get("background-color") or style.get("background") or style.get("background-image")
        written = written or (box.get("bgcolor") or "").lower() or box.get("background")
        if written and not is_see_through(written) and written not in {"none", "inherit", "initial"}:
            yield written
