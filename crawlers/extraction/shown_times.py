"""Times as pages show them to readers, beside a comment, a link or an event."""

import re
from collections.abc import Iterator, Sequence

from lxml import html

from crawlers.dates import HALF, IN_WORDS, MONTH

LONGEST_LINE = 60
"""Characters of a line of name, time and place."""

_DATE = (
    r"(?:(?:(?:\d{4}|\d{2})\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?"
    rf"|{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s{MONTH},?\s\d{{4}})"
)
_WEEKDAY = r"(?:[(（\s]*(?:星期|周|週)[一二三四五六日天][)）]?)?"
_CLOCK = (
    rf"(?:{HALF})?\s?\d{{1,2}}\s?[:：时點点]\s?\d{{2}}(?:\s?[:：分]\s?\d{{2}})?[分秒]?"
    r"(?:\s?[ap]\.?m\b\.?)?(?:\.\d{1,6})?(?:Z\b|[+-]\d{2}:?\d{2}\b)?"
)
_AGO = (
    r"(?:(?:\d{1,3}|半|an?|one)\s?个?個?\s?(?:秒钟?|分钟?|小时|小時|天|周|月|年|seconds?|minutes?|mins?|hours?|days?|weeks?)"
    r"\s?(?:之?前|ago)|刚刚|剛剛|just now)"
)
WHEN = re.compile(
    rf"(?<!\d)(?:{_DATE}{_WEEKDAY}[T\s,]*(?:at\s)?{_CLOCK}|{_AGO}|(?:[今昨前][天日]|yesterday|today)[\s,]*(?:at\s)?(?:{_CLOCK})?|{_CLOCK})(?!\d)",
    re.IGNORECASE,
)
"""A time to the minute, or counted back from now, as comments show it."""

DAY = re.compile(rf"(?<!\d)(?:{_DATE}(?![\d日])|{IN_WORDS.pattern})", re.IGNORECASE)
"""A day alone, as comments show it, and events and lists of links as well."""

_KNOWN = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?")
_STOP = re.compile("[，。！？；]")
_SHOWS_ALL = re.compile(r"\d{4}.*\d\s*[:：时時]\s*\d")
_AROUND = re.compile(
    r"发表于|发布于|编辑于|评论于|更新于|发布时间|发表|说道?|来自|posted|published|updated|said|on|at"
    rf"|(?:星期|周)[一二三四五六日天]|{HALF}|[\[\]()（）·|:：,，\s-]",
    re.IGNORECASE,
)
_LONGEST_PLACE = 10
_LEAST_EVENTS = 3


def spell_out(tree: html.HtmlElement) -> None:
    """Write the whole time that a ``time`` element knows where it shows readers less, such as 昨天."""
    for node in tree.iter("time"):
        known, box = node.get("datetime") or "", node.getparent()
        if not _KNOWN.fullmatch(known) or _SHOWS_ALL.search(node.text_content()):
            continue
        if box is not None and not _is_in_a_sentence(node, box):
            node[:], node.text = [], known


def _is_in_a_sentence(node: html.HtmlElement, box: html.HtmlElement) -> bool:
    before = node.getprevious()
    beside = f"{box.text if before is None else before.tail or ''} {node.tail or ''}"
    long = box.tag in {"p", "li", "span"} and len(box.text_content().strip()) > LONGEST_LINE
    return long or _STOP.search(beside) is not None


def is_time(text: str) -> bool:
    """A time and next to nothing else, such as a place."""
    rest = _without_time(text)
    return rest is not None and len(rest) <= _LONGEST_PLACE


def without_lone_times(lines: Sequence[str]) -> Iterator[str]:
    """The lines but those that are a time and no more, unless they are the dates of a chronology."""
    lone = {i for i, line in enumerate(lines) if _without_time(line) == ""}
    dates = {i for i in lone if i + 1 < len(lines) and i + 1 not in lone}
    kept = dates if len(dates) >= _LEAST_EVENTS else set()
    yield from (line for i, line in enumerate(lines) if i not in lone or i in kept)


def without_times(text: str) -> str:
    """The text without every time and day in it."""
    return DAY.sub("", WHEN.sub("", text))


def _without_time(text: str) -> str | None:
    """What stands around the time, None where there is none."""
    if len(text) > LONGEST_LINE:
        return None
    rest = without_times(text)
    return _AROUND.sub("", rest) if rest != text else None
