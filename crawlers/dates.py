"""Times as sites write them: with and without zone, year or date; Chinese and English.

What cannot be read is None, never a guess. A day without a time is that day's first instant.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

HALF = "凌晨|清晨|早晨|早上|上午|中午|午后|下午|傍晚|晚上|晚间"
"""Words before a clock of twelve hours."""

MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
"""An English month, whole or short."""

_CLOCK = (
    rf"(?P<half>{HALF})?\s*(?P<hour>\d{{1,2}})\s*[:：时時点點]\s*"
    r"(?P<minute>\d{1,2})?\s*分?(?:\s*[:：]?\s*(?P<second>\d{1,2})(?:[.,]\d+)?\s*秒?)?"
    r"(?:\s*(?P<meridiem>[ap])\.?m\b\.?)?"
)
_OFFSET = r"(?P<offset>Z|(?:GMT|UTC?|BJT)?\s*[+-]\d{1,2}(?::?\d{2})?|[A-Z]{2,4})"
_FULL = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    rf"(?:[T\s,]*(?:星期|周|週)?[一二三四五六日]?\s*{_CLOCK}\s*{_OFFSET}?)?",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:[a-z]{3,9}\.?,?\s+)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<name>[a-z]{3})[a-z]*\.?"
_LATER_CLOCK = rf"(?:[\s,|-]+(?:at\s+)?{_CLOCK}\s*{_OFFSET}?(?:\s*\([^)]*\))?)?"
_ENGLISH = (
    re.compile(
        rf"{_WEEKDAY}{_DAY}[\s-](?:of\s+)?{_MONTH},?[\s-](?P<year>\d{{4}}){_LATER_CLOCK}", re.IGNORECASE
    ),
    re.compile(rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(?P<year>\d{{4}}){_LATER_CLOCK}", re.IGNORECASE),
    re.compile(
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_CLOCK}\s+(?:{_OFFSET}\s+)?(?P<year>\d{{4}})", re.IGNORECASE
    ),
)
"""29 Nov 2026, Nov 29, 2026, and what programs print: Sun Nov 29 15:22:05 CST 2026."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?")
_AGO = re.compile(
    r"(?P<n>\d{1,4}|半|an?|one)\s*个?個?\s*"
    r"(?P<unit>秒钟?|秒鐘|分钟?|分鐘|小时|小時|天|日|sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?)"
    r"\s*(?:之?前|ago)",
    re.IGNORECASE,
)
_UNITS = {
    **dict.fromkeys("秒s", timedelta(seconds=1)),
    **dict.fromkeys("分m", timedelta(minutes=1)),
    **dict.fromkeys("小h", timedelta(hours=1)),
    **dict.fromkeys("天日d", timedelta(days=1)),
}
_JUST_NOW = frozenset({"刚刚", "剛剛", "刚才", "剛才", "just now", "now"})
_NAMED_DAYS = {"今": 0, "昨": 1, "前": 2, "t": 0, "y": 1}
_NAMED = re.compile(rf"(?P<name>[今昨前][天日]|today|yesterday)(?:[\s,]*(?:at\s+)?{_CLOCK})?", re.IGNORECASE)
_NO_YEAR = re.compile(rf"(?P<month>\d{{1,2}})[-/月](?P<day>\d{{1,2}})\s*日?(?:\s*{_CLOCK})?")
_NUMERALS = {char: n for n, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
IN_WORDS = re.compile(
    rf"[{''.join(_NUMERALS)}]{{4}}年[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日"
)
"""A day in Chinese numerals."""

_ZONES = {"z": 0, "gmt": 0, "utc": 0, "ut": 0, "bjt": 8, "hkt": 8, "jst": 9, "kst": 9}
_ZONES |= {"est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_CHINA = timedelta(hours=8)
_HALF_DAY = 12
_AFTER_NOON_UNTIL = {**dict.fromkeys(("下午", "午后", "傍晚", "晚上", "晚间", "p"), _HALF_DAY), "中午": 3}
"""Up to which hour the word means the second half of the day: 中午 1 点 is 13:00, 中午 11 点 is not 23:00."""

_EARLIEST = 1990
"""Before the web: an empty database field (1970, 0001), not a publication."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time read from a page, aware UTC. ``relative``: it was worked out from when the page was seen."""

    at: datetime
    relative: bool


def read_moment(text: str, seen_at: datetime, zone: tzinfo) -> Moment | None:
    """Read one time. ``zone`` is where the site's clock hangs, used where the text names no offset."""
    folded = _in_digits(" ".join(text.split()).strip("[]()（）").strip())
    readers: tuple[tuple[_Reader, bool], ...] = (
        (_full, False),
        (_english, False),
        (_epoch, False),
        (_ago, True),
        (_named_day, True),
        (_without_year, True),
    )
    for reader, relative in readers:
        try:
            found = reader(folded, seen_at, zone)
            at = found.astimezone(UTC) if found else None
        except (ValueError, OverflowError):  # 31 February, hour 25, year 9999 in the far east
            return None
        if at:
            return Moment(at, relative) if at.year >= _EARLIEST else None
    return None


def _in_digits(text: str) -> str:
    """二〇二六年十一月二十九日, as announcements are signed, in digits."""
    return IN_WORDS.sub(lambda found: "".join(map(_digits, re.split("([年月日])", found[0]))), text)


def _digits(word: str) -> str:
    if not word or word in "年月日":
        return word
    if "十" not in word:
        return "".join(str(_NUMERALS[char]) for char in word)
    tens, _, ones = word.partition("十")
    return str(10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0))


_Reader = Callable[[str, datetime, tzinfo], datetime | None]


def _full(text: str, _seen_at: datetime, zone: tzinfo) -> datetime | None:
    match = _FULL.fullmatch(text)
    return match and _on(match, int(match["month"]), zone)


def _english(text: str, _seen_at: datetime, zone: tzinfo) -> datetime | None:
    match = next(filter(None, (way.fullmatch(text) for way in _ENGLISH)), None)
    if not match or match["name"].lower() not in _MONTHS:
        return None
    return _on(match, _MONTHS.index(match["name"].lower()) + 1, zone)


def _epoch(text: str, _seen_at: datetime, _zone: tzinfo) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def _ago(text: str, seen_at: datetime, zone: tzinfo) -> datetime | None:
    if text.lower() in _JUST_NOW:
        return seen_at
    match = _AGO.fullmatch(text)
    if not match:
        return None
    unit = _UNITS[match["unit"][0].lower()]
    if match["n"] == "半":
        return seen_at - unit / 2
    then = seen_at - unit * (int(match["n"]) if match["n"].isdigit() else 1)
    return then if unit < timedelta(days=1) else _first_instant(then, zone)


def _named_day(text: str, seen_at: datetime, zone: tzinfo) -> datetime | None:
    match = _NAMED.fullmatch(text)
    if not match:
        return None
    day = _first_instant(seen_at, zone) - timedelta(days=_NAMED_DAYS[match["name"][0].lower()])
    return _at_clock(match, day)


def _without_year(text: str, seen_at: datetime, zone: tzinfo) -> datetime | None:
    """The latest such day that is not ahead: read in January, 12月30日 was last year."""
    match = _NO_YEAR.fullmatch(text)
    if not match:
        return None
    this_year = seen_at.astimezone(zone).year
    for year in (this_year + 1, this_year, this_year - 1):
        with suppress(ValueError):  # 29 February is not in every year
            found = _at_clock(match, datetime(year, int(match["month"]), int(match["day"]), tzinfo=zone))
            if found and found <= seen_at + timedelta(days=1):
                return found
    return None


def _on(match: re.Match[str], month: int, zone: tzinfo) -> datetime | None:
    """Day, clock and offset of an absolute time."""
    day = datetime(int(match["year"]), month, int(match["day"]), tzinfo=zone)
    at = _at_clock(match, day)
    if at is None or not match["offset"]:
        return at
    offset = _offset(match["offset"].lower(), at)
    return None if offset is None else at.replace(tzinfo=timezone(offset))


def _at_clock(match: re.Match[str], day: datetime) -> datetime | None:
    """Set the clock of ``day``; 下午 and 晚上 count from noon, 凌晨 12:30 is half past midnight."""
    if match["hour"] is None:
        return day
    hour, half = int(match["hour"]), match["half"] or (match["meridiem"] or "").lower()
    if half == "晚上" and hour == _HALF_DAY:  # tonight's midnight or last night's: unknown
        return None
    if hour < _AFTER_NOON_UNTIL.get(half, 0):
        hour += _HALF_DAY
    elif half in {"凌晨", "a"} and hour == _HALF_DAY:
        hour = 0
    return day.replace(hour=hour, minute=int(match["minute"] or 0), second=int(match["second"] or 0))


def _offset(name: str, at: datetime) -> timedelta | None:
    """What a zone's name means. CST is China's where the site's clock is, else Chicago's."""
    signed = re.fullmatch(r"(?:gmt|utc?|bjt)?\s*([+-])(\d{1,2}):?(\d{2})?", name)
    if signed:
        size = timedelta(hours=int(signed[2]), minutes=int(signed[3] or 0))
        return size if signed[1] == "+" else -size
    if name == "cst":
        return _CHINA if at.utcoffset() == _CHINA else timedelta(hours=-6)
    return timedelta(hours=_ZONES[name]) if name in _ZONES else None


def _first_instant(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
