"""When a page was published, to the minute where it says so; never the hour of a comment or another page."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from lxml import html

from crawlers.dates import HALF, MONTH, Moment, read_moment
from crawlers.extraction.tree import meta, scripts

_METAS = (
    *("article:published_time", "og:published_time", "datepublished", "publishdate", "pubdate", "pub_date"),
    *("publish_time", "publish-date", "weibo: article:create_at", "bytedance:published_time", "apub:time"),
    *("dc.date.issued", "date"),
)
_CLOCK = re.compile(r"\d\s*[:：时時点點]\s*\d|\d[时時点點]|\d{10}")
_DATE = (
    r"(?<!\d)(?:\d{4}|\d{2})\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*"
    r"(?:\d{2}日?(?=\d{1,2}\s*[:：时時])|\d{1,2}(?!\d)\s*日?)"
)
_HOUR = (
    rf"[T\s,]*(?:[(（]?(?:星期|周|週)[一二三四五六日天][)）]?)?\s*(?:{HALF})?\s*\d{{1,2}}\s*[:：时時点點]\s*"
    r"(?:\d{1,2})?分?(?:\s*[:：]\s*\d{1,2})?(?:\.\d+)?秒?\s*"
    r"(?:[ap]\.?m\b\.?|Z\b|(?:UTC|GMT)?[+-]\d{1,2}:?\d{2})?"
)
_ENGLISH = rf"(?:{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?|\b\d{{1,2}}(?:st|nd|rd|th)?\s{MONTH}),?\s\d{{4}}"
_CLOCK_FIRST = re.compile(
    rf"(?<!\d)(?<!\d[:：])(?P<clock>\d{{1,2}}[:：]\d{{2}}(?:\s?[ap]\.?m\b\.?)?)[\s,|]+(?P<day>{_DATE}|{_ENGLISH})(?!\s*\d)",
    re.IGNORECASE,
)
_DAY_ALONE = re.compile(rf"(?:{_DATE}|{_ENGLISH})", re.IGNORECASE)
_FULL = re.compile(f"(?:{_DATE}|{_ENGLISH}(?:,?\\s*at\\s)?){_HOUR}", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"^(\d{2})(?=\s*[-/.年]\s*\d{1,2}\s*[-/.月])")
_WEEKDAY = re.compile(r"[(（]((?:星期|周|週).)[)）]")
_LABEL = re.compile(
    r"(?:(?:最后|最近|上次|本次)?(?:更新|修改|编辑)(?:时间|日期|于)|最后(?:更新|修改)|updated|modified|发布时间|发布日期|发表时间|发布于|发表于|發佈時間|發布時間|時間|时间|日期|published|posted)(?:\s*[:：]|\s+(?:on|at)\b)?\s*",
    re.IGNORECASE,
)
_BELOW = re.compile("编辑于|修改于|更新于")
"""Below the text of a column."""

_FIRST_FLOOR = re.compile(r"(?<!\d)1\s*[楼樓#]|楼主")

_LABELLED = re.compile(r"(?:发布|发表|發佈|發布|published|posted)", re.IGNORECASE)
_UPDATED = re.compile(r"更新|修改|编辑于|編輯於|updated|modified|edited", re.IGNORECASE)
_LABEL_ALONE = re.compile(
    r"[^\d\s]{2,8}\s*[:：]|(?:发布|发表|更新|修改|编辑)于|(?:published|posted|updated)(?: on| at)?",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"[|｜\t]|\s{2,}|(?:来源|來源|作者|编辑|責任編輯|责编|阅读|评论|记者|Source)\s*[:：]?|(?<=前)\s|\s(?=\D)"
)
_VARIABLE = re.compile(
    r"[\"']?\b(?:pub(?:lish|lished)?_?(?:time|date|at)|date_?published|create_?time|ctime|ptime)\b[\"']?\s*[:=]\s*"
    r"[\"']?([^\"',;}\n]{8,40})",
    re.IGNORECASE,
)
_JSON_LD = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{8,40})\"", re.IGNORECASE)


def moment_of(
    page: html.HtmlElement, facts: Sequence[str], lines: Sequence[str], seen_at: datetime, zone: tzinfo
) -> Moment | None:
    """The first time with a clock, in order of trust; else the first day; None where the page says none.

    That of an update comes last: a page may name no other.

    ``zone`` is where the site's clock hangs. A relative time counts from ``seen_at`` and is marked so.
    """
    day: Moment | None = None
    for written in _candidates(page, facts, lines):
        moment = read_moment(_whole_year(written), seen_at, zone)
        if moment is None or moment.at > seen_at + timedelta(days=1):
            continue
        if _CLOCK.search(written) or moment.relative:
            return moment
        day = day or moment
    return day


def moment_of_first_floor(lines: Sequence[str], seen_at: datetime, zone: tzinfo) -> Moment | None:
    """When a thread was begun, from the line by its first floor that tells a time; the others are answers."""
    line = next((line for line in lines if _FIRST_FLOOR.search(line) and _FULL.search(line)), "")
    found = _FULL.search(line)
    return read_moment(_whole_year(found[0]), seen_at, zone) if found else None


def _candidates(page: html.HtmlElement, facts: Sequence[str], lines: Sequence[str]) -> Iterator[str]:
    said = list(meta(page))
    for name in _METAS:
        yield from (content for key, content in said if key == name and content)
    for data in scripts(page, "application/ld+json"):
        yield from _JSON_LD.findall(data)
    short = [line for line in lines if len(line) <= 80]  # noqa: PLR2004 -- facts
    labelled = [line for line in short if _LABELLED.search(line) or _BELOW.search(line)]
    told = [time for line in _with_labels([*facts, *labelled]) for time in _in_line(line)]
    yield from (written for written, updated in told if not updated)
    for data in scripts(page):
        yield from (found.strip() for found in _VARIABLE.findall(data))
    yield from (written for written, updated in told if updated)


def _with_labels(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with a label or a day that stands on a line of its own before what it speaks of."""
    label = ""
    for line in lines:
        yield f"{label} {line}".lstrip()
        label = line if _LABEL_ALONE.fullmatch(line) or _DAY_ALONE.fullmatch(line) else ""


def _in_line(line: str) -> Iterator[tuple[str, bool]]:
    """Times in a line of facts, and whether each is only that of an update.

    Absolute times anywhere; days and relative times only where they stand alone.
    """
    found = list(_FULL.finditer(line))
    ends = [0, *(time.end() for time in found)]
    before = [line[end : time.start()] for end, time in zip(ends, found, strict=False)]
    starts = [*(time.start() for time in found), len(line)]
    after = [line[time.end() : start] for time, start in zip(found, starts[1:], strict=True)]
    says = before if found and _speaks_of_times(before[0]) else after
    yield from ((time[0], _is_update(said)) for time, said in zip(found, says, strict=True))
    if not found and (turned := _CLOCK_FIRST.search(line)):
        yield f"{turned['day'].strip()} {turned['clock']}", _is_update(line)
    bare = _LABEL.sub(" ", line).strip()
    for piece in (bare, *_PARTS.split(bare), *_PARTS.split(line)):
        written = piece.strip(" :：（）()[]")
        if written and not _FULL.search(written):
            yield written, _is_update(line)


def _speaks_of_times(said: str) -> bool:
    return (_UPDATED.search(said) or _LABELLED.search(said)) is not None


def _is_update(said: str) -> bool:
    return _UPDATED.search(said) is not None and _LABELLED.search(said) is None


def _whole_year(written: str) -> str:
    return _SHORT_YEAR.sub(r"20\1", _WEEKDAY.sub(r" \1 ", written.strip()))
