"""Lines that only ``br`` parts, as elements of their own: what follows each other can be told apart then."""

from lxml import html

_BOXES = ("div", "td", "section", "article")
_INLINE = frozenset({"a", "b", "br", "em", "font", "i", "img", "small", "span", "strong", "time", "u"})
_LEAST = 2
"""Breaks: three lines."""


def part_lines(tree: html.HtmlElement) -> None:
    """Turn every box of inline elements and many breaks into one of paragraphs."""
    for box in list(tree.iter(*_BOXES)):
        breaks = sum(node.tag == "br" for node in box)
        if breaks >= _LEAST and all(node.tag in _INLINE for node in box.iterdescendants()):
            _part(box)


def _part(box: html.HtmlElement) -> None:
    line = html.Element("p")
    line.text, box.text = box.text, None
    lines = [line]
    for node in list(box):
        if node.tag != "br":
            line.append(node)
            continue
        line = html.Element("p")
        line.text = node.tail
        lines.append(line)
    box[:] = [line for line in lines if line.text_content().strip()]
