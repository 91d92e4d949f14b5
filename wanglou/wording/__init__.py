"""Sentences in Chinese and English: codes and numbers in, words out.

Each ``*.toml`` beside this file holds one subject. A table per code: ``zh`` and ``en`` with blanks in
``str.format`` style, filled from a reason's facts. Two formats are ours: ``{about:topic}`` says the value
``rumour`` with the words of ``topic_rumour`` (see VOCABULARIES), and ``{due:time}`` says an ISO instant by
the reader's clock, with its weekday. Where the facts hold ``rule_zh`` beside ``rule``, the blank ``{rule}``
says that to a reader of Chinese: see ``wanglou.domain.reason.named``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from importlib import resources
from string import Formatter

from wanglou.domain.reason import Reason, Value

LANGUAGES = ("zh", "en")
"""What people can choose; the first is the default."""

VOCABULARIES = frozenset(
    {"blank", "clock", "dismissal", "kind", "medium"}
    | {"role", "sentiment", "severity", "state", "topic", "wait", "where"}
)
"""Words that a value can be said with: ``{was:severity}`` looks for the code ``severity_<value>``."""

SENTENCES_KEPT = 4_096
"""A board with two hundred incidents says some three thousand, and most of them again at its next look."""


class UnknownWordingError(Exception):
    """A code has no sentence: a programming error, found by the seam tests before people do."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Code → language → sentence, from all files; a code stands in one file only."""
    merged: dict[str, Mapping[str, str]] = {}
    files = sorted(f.name for f in resources.files(__name__).iterdir() if f.name.endswith(".toml"))
    for name in files:
        table = tomllib.loads((resources.files(__name__) / name).read_text(encoding="utf-8"))
        twice = merged.keys() & table.keys()
        if twice:
            raise UnknownWordingError(f"{name} repeats {sorted(twice)}; a code stands in one file only")
        merged.update(table)
    return merged


def say(reason: Reason, language: str = "zh", zone: tzinfo = UTC) -> str:
    """Render a reason. Large numbers get separators, shares per cent signs where the sentence asks.

    ``zone`` is the reader's. Raises UnknownWordingError for a code, language or blank that does not exist.
    """
    return _said(reason.code, tuple((k, v, type(v)) for k, v in reason.facts.items()), language, zone)


@lru_cache(maxsize=SENTENCES_KEPT)
def _said(code: str, facts: tuple[tuple[str, Value, type], ...], language: str, zone: tzinfo) -> str:
    """Types are among the arguments because True equals 1 and is said otherwise."""
    sentence = catalogue().get(code, {}).get(language)
    if sentence is None:
        raise UnknownWordingError(f"no {language} sentence for {code!r} in wanglou/wording")
    try:
        told = {name: value for name, value, _ in facts}
        words = {name: told.get(f"{name}_{language}", value) for name, value in told.items()}
        return sentence.format_map({name: _fill(value, language, zone) for name, value in words.items()})
    except (KeyError, ValueError) as error:
        raise UnknownWordingError(f"{code!r} in {language} cannot be filled: {error}") from error


def moment(when: datetime, language: str, zone: tzinfo) -> str:
    """An instant by the reader's clock, with its weekday: 周六 07-25 14:05."""
    local = when.astimezone(zone)
    day = catalogue()[f"weekday_{local.weekday()}"][language]
    return f"{day} {local:%m-%d %H:%M}"


def blanks(sentence: str) -> frozenset[str]:
    """The names a sentence needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


@dataclass(frozen=True, slots=True)
class _Words:
    """A fact of text in a blank; the blank's format says whether it is a value, an instant or just text."""

    text: str
    language: str
    zone: tzinfo

    def __format__(self, spec: str) -> str:
        if spec in VOCABULARIES:
            return say(Reason(f"{spec}_{self.text}"), self.language, self.zone)
        if spec == "time":
            return moment(datetime.fromisoformat(self.text), self.language, self.zone)
        return format(self.text, spec)


def _fill(value: Value, language: str, zone: tzinfo) -> object:
    """Whole floats read as integers, so that ``{n:,}`` never prints a tail of zero."""
    if isinstance(value, str):
        return _Words(value, language, zone)
    return int(value) if isinstance(value, float) and value.is_integer() else value
