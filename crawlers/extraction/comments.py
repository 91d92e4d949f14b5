"""What others say on a page: runs of like elements that each show a speaker, and when or with what buttons.

A chronology tells its time first and names nobody before it; an interview and a numbered list tell no time.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

from lxml import html

from crawlers.extraction.comment_parts import (
    BUTTON,
    LEAST,
    LONGEST_NAME,
    NAMED_WITHIN,
    TEXTS,
    IsLater,
    Piece,
    is_button,
    is_name,
    is_words,
    may_be_said,
    pieces_of,
)
from crawlers.extraction.flat_comments import flat_comments, is_talk
from crawlers.extraction.shown_times import DAY, LONGEST_LINE, WHEN, is_time
from crawlers.extraction.tree import drop
from crawlers.plain import one_line

_WHOLE_SHARE = 0.6
"""Of the like elements from the first comment to the last; between them stand advertisements."""

_HEAD_SHARE = 0.3
"""Where a line of name and time stands before each comment: one element in two or three is such a line."""

_LOOKED_AT = 6
"""Pieces at either end of an element where speaker, time and buttons stand."""

_SAID_IN_ONE = re.compile(
    rf"^(?!{DAY.pattern}|{WHEN.pattern})[^，。！？；：:,!?;]{{1,{LONGEST_NAME}}}[\s(（\[·|]+"
    rf"(?:发表于|发布于)?\s*{WHEN.pattern}",
    re.IGNORECASE,
)


def drop_comments(tree: html.HtmlElement, headline: str, is_later: IsLater, *, keep_first: bool) -> None:
    """Take comments out of ``tree``. ``headline`` is no speaker's name, however short.

    No comment is older than the article; a chronology's events are. ``keep_first``: a thread whose first
    floor looks like its answers keeps it, for it is the text.
    """
    marks = _marks(tree)
    for box in [node for node in tree.iter() if marks[node] >= LEAST]:
        for run in _runs(box, marks, partial(_kind, headline=headline, is_later=is_later)):
            if _is_monologue(run, headline):
                continue
            drop(run[1:] if keep_first else run)
            keep_first = False
        for flat in flat_comments(box, headline):
            if is_talk(flat, is_later):
                drop(node for one in (flat[1:] if keep_first else flat) for node in one.nodes)
                keep_first = False


def _is_monologue(run: Sequence[html.HtmlElement], headline: str) -> bool:
    """Whether one and the same person speaks, by name and without buttons: a live report."""
    told = [pieces for node in run if (pieces := pieces_of(node))]
    names = {next((text for text, tag in one if is_name(text, tag, headline)), "") for one in told}
    return len(names) == 1 and "" not in names and not any(is_button(text) for one in told for text, _ in one)


def _marks(tree: html.HtmlElement) -> Counter[html.HtmlElement]:
    """How many times and buttons lie in each element; few hold any, so that little is looked at closely."""
    found: Counter[html.HtmlElement] = Counter()
    for text in TEXTS(tree):
        piece = one_line(text[:LONGEST_LINE])
        if BUTTON.fullmatch(piece) or DAY.search(piece) or WHEN.search(piece):
            holder = text.getparent().getparent() if text.is_tail else text.getparent()
            found.update([holder, *holder.iterancestors()])
    return found


def _runs(
    box: html.HtmlElement, marks: Counter[html.HtmlElement], kind_of: Callable[[html.HtmlElement], str]
) -> Iterator[list[html.HtmlElement]]:
    """Each run of comments among the children of ``box``, with what stands between them."""
    children = [node for node in box if isinstance(node.tag, str)]
    for tag in dict.fromkeys(node.tag for node in children):
        kinds = {i: kind_of(child) for i, child in enumerate(children) if child.tag == tag and marks[child]}
        said = [i for i, kind in kinds.items() if kind]
        if len(said) < LEAST:
            continue
        heads = sum(kinds[i] == "head" for i in said) > len(said) / 2
        first, last = said[0], said[-1]
        like = sum(node.tag == tag for node in children[first : last + 1])
        if len(said) >= (_HEAD_SHARE if heads else _WHOLE_SHARE) * like:
            rest = _step(said) - 1 if heads else 0
            yield children[first : last + 1 + rest]


def _step(said: Sequence[int]) -> int:
    """From one line of name and time to the next, as is usual in the run."""
    steps = sorted(b - a for a, b in pairwise(said))
    return steps[len(steps) // 2]


def _kind(node: html.HtmlElement, headline: str, is_later: IsLater) -> str:
    """``whole`` for a comment, ``head`` for its line of name and time alone, empty for anything else."""
    if node.find(".//h1") is not None:
        return ""
    pieces = pieces_of(node)
    if len(pieces) > 2 * _LOOKED_AT:
        pieces = [*pieces[:_LOOKED_AT], *pieces[-_LOOKED_AT:]]
    if not pieces or not _is_said(pieces, headline, is_later):
        return ""
    return "whole" if any(is_words(text) for text, _ in pieces) else "head"


def _is_said(pieces: Sequence[Piece], headline: str, is_later: IsLater) -> bool:
    first = pieces[0][0]
    if _SAID_IN_ONE.match(first) and first not in headline:
        return may_be_said(first, is_later)
    names = [i for i, (text, tag) in enumerate(pieces) if is_name(text, tag, headline)]
    if not names or names[0] >= NAMED_WITHIN:
        return False
    if any(is_button(text) for text, _ in pieces):
        return True
    times = [text for text, _ in pieces[names[0] + 1 :] if is_time(text)]
    before = [text for text, _ in pieces[: names[0]] if is_time(text)]
    return bool(times) and not before and may_be_said(times[0], is_later)
