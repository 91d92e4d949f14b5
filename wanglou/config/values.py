"""How people write values: durations with a unit, readers as 250k, times as 09:00, channels, ids."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from wanglou.config.problem import advise
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_DURATION: Final = re.compile(r"(?:[0-9]{1,6}[smhd])+", re.ASCII)
_LONGEST: Final = timedelta(days=3650)

_SCALES: Final = {"": 1, "k": 1_000, "m": 1_000_000, "万": 10_000, "亿": 100_000_000}
_AMOUNT: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)(k|m|万|亿|)", re.ASCII)

_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})", re.ASCII)
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class UnfitValueError(ValueError):
    """A value is not written as its kind is; the message says what was found and what to write."""


def _text(value: object) -> str:
    """Only a scalar can be any of these values; pydantic hands over whatever stands there."""
    if not isinstance(value, str):
        raise UnfitValueError(f"found {describe(value)}; write a single value")
    return value.strip()


def describe(value: object) -> str:
    """What stands in the file, in a reader's words."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return f"keys below it ({', '.join(list(value)[:3])})" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list"
    shown = str(value)
    return f'"{shown}"' if len(shown) <= 60 else f'"{shown[:60]}…"'  # noqa: PLR2004 -- fits a terminal line


def _duration(value: object) -> timedelta:
    text = _text(value)
    if text.isdecimal():
        raise UnfitValueError(f'"{text}" has no unit; write "{text}m" or "{text}h"')
    if not _DURATION.fullmatch(text):
        raise UnfitValueError(f'found "{text}"; write a duration such as 30m, 2h, 1h30m or 180d')
    parts = re.findall(r"([0-9]+)([smhd])", text)
    total = sum((int(number) * _UNITS[unit] for number, unit in parts), timedelta())
    if total > _LONGEST:
        raise UnfitValueError(f'"{text}" is longer than ten years; write a duration such as 30m, 2h or 180d')
    return total


def _positive(value: timedelta) -> timedelta:
    if not value:
        raise UnfitValueError("found no time at all; write a duration above zero, such as 30m")
    return value


def _amount(value: object) -> int:
    text = _text(value).lower().replace(",", "").replace("_", "")
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise UnfitValueError(f'found "{text}"; write a number such as 300, 250k, 1m or 10万')
    return round(float(found[1]) * _SCALES[found[2]])


def _share(value: object) -> float:
    text = _text(value)
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UnfitValueError(f'found "{text}"; write a share such as 30% or 0.3')
    return share


def _strength(value: object) -> float:
    text = _text(value)
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text, re.ASCII):
        raise UnfitValueError(f'found "{text}"; write a strength such as 0.5 (0 just worth saying, 1 grave)')
    return float(text)


def _without_sign(value: object) -> str:
    """Take ``>=`` off a condition; any other comparison is a misunderstanding worth a sentence."""
    text = _text(value)
    bare = text.removeprefix(">=").strip()
    if bare[:1] in {"<", ">", "=", "≥", "≤"}:
        raise UnfitValueError(f'found "{text}"; conditions are floors, write ">= {bare.lstrip("<>=≥≤ ")}"')
    return bare


def _time(value: object) -> time:
    text = _text(value)
    found = _TIME.fullmatch(text)
    hours, minutes = (int(found[1]), int(found[2])) if found else (99, 99)
    if (hours, minutes) == (24, 0):
        return time(0)
    if hours > 23 or minutes > 59:  # noqa: PLR2004 -- the clock's own numbers
        raise UnfitValueError(f'found "{text}"; write a time such as 09:00 or 18:30')
    return time(hours, minutes)


def _date(value: object) -> date:
    text = _text(value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnfitValueError(f'found "{text}"; write a date such as 2027-02-06') from None


def _zone(value: object) -> ZoneInfo:
    text = _text(value)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnfitValueError(f'found "{text}"; write a time zone such as Asia/Shanghai') from None


def _weekday(value: object) -> int:
    text = _text(value).lower()
    if text not in _WEEKDAYS:
        raise UnfitValueError(f'found "{text}"; write days such as [mon, tue, wed, thu, fri, sat, sun]')
    return _WEEKDAYS.index(text)


def _severity(value: object) -> Severity:
    text = _text(value)
    names = [s.colour for s in Severity]
    if text not in names:
        raise UnfitValueError(f'found "{text}"; write one of {", ".join(names)}')
    return Severity.named(text)


def _topic(value: object, *more: str) -> Topic:
    text = _text(value)
    try:
        return Topic(text)
    except ValueError:
        raise UnfitValueError(f'found the topic "{text}"; {advise(text, [*Topic, *more])}') from None


def _topic_or(word: str) -> BeforeValidator:
    """Reads a topic, or ``word`` as None."""
    return BeforeValidator(lambda value: None if value == word else _topic(value, word))


def _web_address(value: object) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise UnfitValueError(f'found "{text}"; write an address such as https://desk.example.com')
    return text


def _place(value: object) -> str:
    """A web address, or ``file:`` with a path: absolute, or below the data folder."""
    text = _text(value)
    is_file = text.startswith("file:") and len(text) > len("file:")
    if not is_file and not text.startswith(("http:", "https:")):
        raise UnfitValueError(f'found "{text}"; write https://… for a site or file:drop/ for a folder')
    return text if is_file else _web_address(text)


def _origin(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[A-Za-z0-9.\-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}", text, re.ASCII):
        raise UnfitValueError(f'found "{text}"; write host and port, such as 127.0.0.1:1200')
    return text


def _channel(value: object) -> str:
    if isinstance(value, dict):
        says = 'write kind:address without a space, such as "slack:#desk"'
        raise UnfitValueError(f"found {describe(value)}; {says}")
    text = _text(value)
    kind, colon, address = text.partition(":")
    if not (kind and colon and address.strip()):
        raise UnfitValueError(f'found "{text}"; write kind:address, such as "slack:#desk"')
    return text


def _environment_name(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z][A-Z0-9_]{2,60}", value, re.ASCII):
        # the value may be the secret itself, so it is not repeated
        raise UnfitValueError("names no environment variable; write its name, such as WANGLOU_SLACK_TOKEN")
    return value


def _option(value: object) -> str | int | float | bool:
    """Read what stands without quotes as YAML 1.2 does; a quoted value stays text."""
    text = _text(value)
    if type(value) is str:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,15})", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,15}", text, re.ASCII):
        return float(text)
    return text


def _schema(pattern: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, **more})


_NUMBER_OR_TEXT: Final = WithJsonSchema({"type": ["string", "number"]})

Duration = Annotated[
    timedelta, BeforeValidator(_duration), AfterValidator(_positive), _schema("^([0-9]+[smhd])+$")
]
"""``30m``, ``2h``, ``1h30m``, ``180d``: above zero, at most ten years."""

Delay = Annotated[timedelta, BeforeValidator(_duration), _schema("^([0-9]+[smhd])+$")]
"""A duration that may be zero: ``0m`` means at once."""

Amount = Annotated[int, BeforeValidator(_amount), _NUMBER_OR_TEXT]
"""People or things counted: ``300``, ``250k``, ``1m``, ``10万``."""

AmountFloor = Annotated[int, BeforeValidator(lambda v: _amount(_without_sign(v))), _NUMBER_OR_TEXT]
"""``">= 100k"``: at least so many."""

ShareFloor = Annotated[float, BeforeValidator(lambda v: _share(_without_sign(v))), _NUMBER_OR_TEXT]
"""``">= 30%"``: at least this share, 0…1."""

StrengthFloor = Annotated[float, BeforeValidator(lambda v: _strength(_without_sign(v))), _NUMBER_OR_TEXT]
"""``">= 0.5"``: at least this strength; 0 is just worth saying, 1 is grave."""

Strength = Annotated[float, BeforeValidator(_strength), _NUMBER_OR_TEXT]

ClockTime = Annotated[time, BeforeValidator(_time), _schema("^[0-9]{1,2}:[0-9]{2}$")]
"""``09:00`` by the agency's clock; ``24:00`` is midnight."""

Day = Annotated[date, BeforeValidator(_date), _schema("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone), _schema("^[A-Za-z_]+(/[A-Za-z_+0-9-]+)*$")]
Weekday = Annotated[int, BeforeValidator(_weekday), WithJsonSchema({"enum": list(_WEEKDAYS)})]

SeverityName = Annotated[
    Severity, BeforeValidator(_severity), WithJsonSchema({"enum": [s.colour for s in Severity]})
]
TopicName = Annotated[Topic, BeforeValidator(_topic), WithJsonSchema({"enum": [t.value for t in Topic]})]

TopicOrAny = Annotated[Topic | None, _topic_or("any"), WithJsonSchema({"enum": ["any", *Topic]})]
"""``any`` is None: a book for every kind of trouble."""

TopicOrAsRead = Annotated[
    Topic | None, _topic_or("from_reading"), WithJsonSchema({"enum": ["from_reading", *Topic]})
]
"""``from_reading`` is None: the topic that the mentions read as."""

WebAddress = Annotated[str, BeforeValidator(_web_address), _schema("^https?://")]
Place = Annotated[str, BeforeValidator(_place), _schema("^(https?://|file:).+")]
"""A web address, or a folder: ``file:///srv/drop/``, or ``file:drop/`` below the data folder."""

Origin = Annotated[str, BeforeValidator(_origin), _schema("^.+:[0-9]+$")]
Channel = Annotated[str, BeforeValidator(_channel), _schema("^[a-z_]+:.+$")]
"""``kind:address``; the kind names a module of ``alerting/notifiers``."""

EnvironmentName = Annotated[str, BeforeValidator(_environment_name), _schema("^[A-Z][A-Z0-9_]+$")]
Option = Annotated[
    str | int | float | bool,
    BeforeValidator(_option),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""Of clients, sources and people: never changes, stands beside a free ``name``."""

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""The name of a rule, a book, a step or a kind: also a file or module name."""

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
"""What people read."""
