"""What others say on a page: runs of like elements that each show a speaker, and when or with what buttons.

A chronology tells its time first and names nobody before it; an interview and a numbered list tell no time.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

from lxml import etree, html

from crawlers.extraction.shown_times import DAY, LONGEST_LINE, WHEN, is_time
from crawlers.plain import one_line

_LEAST = 3
"""Two alike may be the question and its answer, or two letters to the editor."""

_WHOLE_SHARE = 0.6
"""Of the like elements from the first comment to the last; between them stand advertisements."""

_HEAD_SHARE = 0.3
"""Where a line of name and time stands before each comment: one element in two or three is such a line."""

_LONGEST_NAME = 20
_NAMED_WITHIN = 3
"""Pieces of an element, from its beginning, of which one names who speaks."""

_LOOKED_AT = 6
"""Pieces at either end of an element where speaker, time and buttons stand."""

_BUTTON = re.compile(
    r"(?:回复|回覆|点赞|赞同?|顶|踩|举报|支持|反对|喜欢|引用|reply|likes?|report|quote)\s*[(（\[]?\s*\d*\s*[)）\]]?"
    r"|\d+\s*(?:个?赞|条?回复|条评论|likes?|repl(?:y|ies)|votes?|points?)"
    r"|[#\[【第]*\d+\s*[楼樓#][\]】]?|楼主|沙发|板凳|IP属地.*|(?:IP|来自|from)\s*[:：]?\s*\S{2,12}",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"网友|網友|匿名|游客|手机用户|楼主|热心市民")
_SAID_IN_ONE = re.compile(
    rf"^(?!{DAY.pattern}|{WHEN.pattern})[^，。！？；：:,!?;]{{1,{_LONGEST_NAME}}}[\s(（\[·|]+"
    rf"(?:发表于|发布于)?\s*{WHEN.pattern}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[，。！？；：:,!?;]")
_NO_NAME = frozenset({"h1", "h2", "h3", "th", "time"})
_TEXTS = etree.XPath("descendant::text()[normalize-space()]")

IsLater = Callable[[str], bool | None]
"""Whether a written time is not before the article's own; None where one of the two is not known."""


def drop_comments(tree: html.HtmlElement, headline: str, is_later: IsLater, *, keep_first: bool) -> None:
    """Take comments out of ``tree``. ``headline`` is no speaker's name, however short.

    No comment is older than the article; a chronology's events are. ``keep_first``: a thread whose first
    floor looks like its answers keeps it, for it is the text.
    """
    marks = _marks(tree)
    for box in [node for node in tree.iter() if marks[node] >= _LEAST]:
        for run in _runs(box, marks, partial(_kind, headline=headline, is_later=is_later)):
            for node in run[1:] if keep_first else run:
                if node.getparent() is not None:
                    node.drop_tree()
            keep_first = False


def _marks(tree: html.HtmlElement) -> Counter[html.HtmlElement]:
    """How many times and buttons lie in each element; few hold any, so that little is looked at closely."""
    found: Counter[html.HtmlElement] = Counter()
    for text in _TEXTS(tree):
        piece = one_line(text[:LONGEST_LINE])
        if _BUTTON.fullmatch(piece) or DAY.search(piece) or WHEN.search(piece):
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
        if len(said) < _LEAST:
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
    texts = _TEXTS(node)
    pieces = [(one_line(text), text.getparent().tag if not text.is_tail else "") for text in texts]
    if len(pieces) > 2 * _LOOKED_AT:
        pieces = [*pieces[:_LOOKED_AT], *pieces[-_LOOKED_AT:]]
    if not pieces or not _is_said(pieces, headline, is_later):
        return ""
    return "whole" if any(_is_words(text) for text, _ in pieces) else "head"


def _is_said(pieces: Sequence[tuple[str, str]], headline: str, is_later: IsLater) -> bool:
    first = pieces[0][0]
    if _SAID_IN_ONE.match(first) and first not in headline:
        return _may_be_said(first, is_later)
    names = [i for i, (text, tag) in enumerate(pieces) if _is_name(text, tag, headline)]
    if not names or names[0] >= _NAMED_WITHIN:
        return False
    if any(_is_button(text) for text, _ in pieces):
        return True
    times = [text for text, _ in pieces[names[0] + 1 :] if is_time(text)]
    before = [text for text, _ in pieces[: names[0]] if is_time(text)]
    return bool(times) and not before and _may_be_said(times[0], is_later)


def _may_be_said(text: str, is_later: IsLater) -> bool:
    """Whether a comment may be of that time; a day alone must be known to."""
    if found := WHEN.search(text):
        return is_later(found[0]) is not False
    day = DAY.search(text)
    return day is not None and is_later(day[0]) is True


def _is_name(text: str, tag: str, headline: str) -> bool:
    return (
        len(text) <= _LONGEST_NAME
        and any(char.isalpha() for char in text)
        and tag not in _NO_NAME
        and not _SENTENCE.search(text)
        and not is_time(text)
        and not _BUTTON.fullmatch(text)
        and text not in headline
    )


def _is_button(text: str) -> bool:
    return _BUTTON.fullmatch(text) is not None or (
        len(text) <= _LONGEST_NAME and _SPEAKER.search(text) is not None
    )


def _is_words(text: str) -> bool:
    """More than name, time and buttons."""
    return not is_time(text) and (len(text) > _LONGEST_NAME or _SENTENCE.search(text) is not None)
