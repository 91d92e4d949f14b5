"""Comments without an element around each: name, words, time and buttons follow each other as siblings."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html

from crawlers.extraction.comment_parts import (
    BUTTON,
    LEAST,
    IsLater,
    bare_name,
    is_count,
    is_name,
    is_words,
    may_be_said,
    pieces_of,
)
from crawlers.extraction.shown_times import is_time

_MOST = 0.6
"""Of the comments of a run: some lack a time, some hold a picture instead of words."""

_LONGEST = 600
"""Characters; a box with more is no comment's words."""

_RUN = re.compile(r"(?<![TC])(?:N[TBC]*W{1,4}[TBC]*){3,}")
"""Name, then words, with times (T), buttons (B) and counts (C) on either side. A time or a number before the
first name is that of a chronology or of numbered chapters."""

_ONE = re.compile(r"N[TBC]*W{1,4}[TBC]*")


@dataclass(frozen=True, slots=True)
class FlatComment:
    """The elements of one comment, and what each is."""

    nodes: Sequence[html.HtmlElement]
    parts: str

    @property
    def name(self) -> str:
        """Who speaks."""
        return bare_name(_text(self.nodes[self.parts.index("N")]))

    @property
    def words(self) -> str:
        """What is said, as far as the last paragraph of it."""
        return _text(self.nodes[self.parts.rindex("W")])

    def has_mark(self, is_later: IsLater) -> bool:
        """Whether a button stands by it, or a time that a comment may be of."""
        times = [_text(node) for node, part in zip(self.nodes, self.parts, strict=True) if part == "T"]
        return "B" in self.parts or any(may_be_said(time, is_later) for time in times)


def flat_comments(box: html.HtmlElement, headline: str) -> Iterator[list[FlatComment]]:
    """Runs of what is built like comments among the children of ``box``, whether they are or not."""
    nodes = [(node, part) for node in box if (part := _part(node, headline)) != "_"]
    parts = "".join(part for _, part in nodes)
    for run in _RUN.finditer(parts):
        found = [
            FlatComment(
                [node for node, _ in nodes[run.start() + one.start() : run.start() + one.end()]], one[0]
            )
            for one in _ONE.finditer(run[0])
        ]
        alike = _trimmed(found)
        if len(alike) >= LEAST:
            yield alike


def is_talk(run: Sequence[FlatComment], is_later: IsLater) -> bool:
    """Whether times and buttons say that these are comments."""
    return sum(one.has_mark(is_later) for one in run) >= _MOST * len(run)


def _trimmed(run: list[FlatComment]) -> list[FlatComment]:
    """Without what is built otherwise at either end: there the article begins with its author and time."""
    shapes = [re.sub("W{2,}", "V", one.parts) for one in run]
    usual = Counter(shapes).most_common(1)[0][0]
    places = [i for i, shape in enumerate(shapes) if shape == usual]
    return run[places[0] : places[-1] + 1]


def _part(node: html.HtmlElement, headline: str) -> str:
    """N for a name, T a time, B a button, C a count, W words, X anything else, _ nothing."""
    if not isinstance(node.tag, str):
        return "_"
    pieces = [(text, tag) for text, tag in pieces_of(node) if text]
    text = " ".join(text for text, _ in pieces)
    if not pieces or len(text) > _LONGEST:
        return "X" if pieces else "_"
    if is_time(text):
        return "T"
    if all(BUTTON.fullmatch(text) or is_time(text) or is_count(text) for text, _ in pieces):
        return "B" if any(BUTTON.fullmatch(text) for text, _ in pieces) else "C"
    if is_name(bare_name(text), node.tag, headline):
        return "N"
    return "W" if is_words(text) else "X"


def _text(node: html.HtmlElement) -> str:
    return " ".join(text for text, _ in pieces_of(node))
