"""The parts of a comment as a page shows them: who speaks, when, what is said, and buttons."""

import re
from collections.abc import Callable

from lxml import etree, html

from crawlers.extraction.shown_times import DAY, WHEN, is_time
from crawlers.plain import one_line

LEAST = 3
"""Comments in a run. Two alike may be the question and its answer, or two letters to the editor."""

NAMED_WITHIN = 3
"""Pieces of a comment, from its beginning, of which one names who speaks."""

LONGEST_NAME = 20

BUTTON = re.compile(
    r"(?:回复|回覆|点赞|赞同?|顶|踩|举报|支持|反对|喜欢|引用|reply|likes?|report|quote)\s*[(（\[]?\s*\d*\s*[)）\]]?"
    r"|\d+\s*(?:个?赞|条?回复|条评论|likes?|repl(?:y|ies)|votes?|points?)"
    r"|[#\[【第]*\d+\s*[楼樓#][\]】]?|楼主|沙发|板凳|IP属地.*|(?:IP|来自|from)\s*[:：]?\s*\S{2,12}",
    re.IGNORECASE,
)
SPEAKER = re.compile(r"网友|網友|匿名|游客|手机用户|楼主|热心市民")
_COUNT = re.compile(r"\d{1,7}|\d{1,4}\.\d[万wk]?|\d{1,4}[万wk]", re.IGNORECASE)
_SENTENCE = re.compile(r"[，。！？；：:,!?;]")
_NO_NAME = frozenset({"h1", "h2", "h3", "th", "time"})
TEXTS = etree.XPath("descendant::text()[normalize-space()]")

IsLater = Callable[[str], bool | None]
"""Whether a written time is not before the article's own; None where one of the two is not known."""

Piece = tuple[str, str]
"""A text of an element and the tag it begins in, empty for one that follows another element."""


def pieces_of(node: html.HtmlElement) -> list[Piece]:
    """The texts of an element in reading order."""
    return [(one_line(text), text.getparent().tag if not text.is_tail else "") for text in TEXTS(node)]


def may_be_said(text: str, is_later: IsLater) -> bool:
    """Whether a comment may be of that time; a day alone must be known to."""
    if found := WHEN.search(text):
        return is_later(found[0]) is not False
    day = DAY.search(text)
    return day is not None and is_later(day[0]) is True


def is_name(text: str, tag: str, headline: str) -> bool:
    """Whether somebody may be called so. ``headline`` is nobody's name, however short."""
    return (
        len(text) <= LONGEST_NAME
        and any(char.isalpha() for char in text)
        and tag not in _NO_NAME
        and not _SENTENCE.search(text)
        and not is_time(text)
        and not BUTTON.fullmatch(text)
        and text not in headline
    )


def bare_name(text: str) -> str:
    """A name without the colon behind it."""
    return text.rstrip(":： ")


def is_button(text: str) -> bool:
    """A button, or a speaker of the names that only comments have."""
    return BUTTON.fullmatch(text) is not None or (
        len(text) <= LONGEST_NAME and SPEAKER.search(text) is not None
    )


def is_count(text: str) -> bool:
    """A bare number, as of likes."""
    return _COUNT.fullmatch(text) is not None


def is_words(text: str) -> bool:
    """More than name, time and buttons."""
    return not is_time(text) and (len(text) > LONGEST_NAME or _SENTENCE.search(text) is not None)
