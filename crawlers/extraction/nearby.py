"""What stands next to a headline: the first paragraphs, and the part of the page that holds them."""

from collections.abc import Sequence

from lxml import html

from crawlers.extraction.prose import is_prose, lines_of
from crawlers.plain import one_line

_LOOKED_FOR = 2
"""Paragraphs; the first may be a summary or a site's notice that no reader would call the text."""

_SURE = 20
"""Characters of a paragraph by which it is found again."""


def beginning_of(lines: Sequence[str], title: str) -> list[str]:
    """The first paragraphs below the headline, none where the headline is not on the page."""
    places = [i for i, line in enumerate(lines) if title and line == title]
    if not places:
        return []
    return [line for line in lines[places[-1] + 1 :] if is_prose(line)][:_LOOKED_FOR]


def around(part: html.HtmlElement, paragraphs: Sequence[str]) -> html.HtmlElement:
    """The innermost ``article`` with all the paragraphs, else ``part``: articles are also links to others."""
    holding = [node for node in part.iter("article") if paragraphs and _holds(node, paragraphs)]
    return holding[-1] if holding else part


def box_of(part: html.HtmlElement, paragraphs: Sequence[str]) -> str:
    """The lines of the smallest box around the paragraphs, from the first of them on."""
    box, inner = part, part
    while inner is not None:
        box, inner = inner, next((child for child in inner if _holds(child, paragraphs)), None)
    lines = lines_of(box)
    at = next((i for i, line in enumerate(lines) if paragraphs and line == paragraphs[0]), 0)
    return "\n".join(lines[at:])


def tells(text: str, paragraphs: Sequence[str]) -> bool:
    """Whether one of the paragraphs is in a text whose blanks a library may have moved, or there are none."""
    solid = "".join(text.split())
    return not paragraphs or any("".join(line.split())[:_SURE] in solid for line in paragraphs)


def _holds(node: html.HtmlElement, paragraphs: Sequence[str]) -> bool:
    text = one_line(node.text_content())
    return all(paragraph[:_SURE] in text for paragraph in paragraphs)
