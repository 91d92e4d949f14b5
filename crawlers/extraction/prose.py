"""Lines of a page: which are running text, and which are notices."""

import re

from lxml import html

from crawlers.plain import one_line, plain_text

_SENTENCE = 20
_STOPS = re.compile(r"[，。！？；,.!?;]")
_LONGEST_NOTICE = 80
_RIGHTS = re.compile(
    r"^\W*\S{0,12}\s*(?:版权所有|版權所有)|未经授权|ICP[备證证]|copyright|©|all rights reserved",
    re.IGNORECASE,
)


def has_prose(part: html.HtmlElement) -> bool:
    """Whether a sentence is left that is no notice of rights."""
    return any(is_prose(line) for line in lines_of(part))


def lines_of(node: html.HtmlElement) -> list[str]:
    """What a reader sees of ``node``, a line a block."""
    text = plain_text(html.tostring(node, encoding="unicode", with_tail=False))
    return [one_line(line) for line in text.splitlines()]


def is_prose(line: str) -> bool:
    """A line of running text, not a link, a heading or a notice of rights."""
    return len(line) >= _SENTENCE and bool(_STOPS.search(line)) and not is_notice(line)


def is_notice(line: str) -> bool:
    """A short line about whose page it is."""
    return len(line) <= _LONGEST_NOTICE and _RIGHTS.search(line) is not None
