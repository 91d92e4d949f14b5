"""A statement held against the checks: what in it would hurt, why, and where a lawyer may look.

Findings are hints for people, never legal advice, and no finding says that a text is fit to be published.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from playbooks.statement import Sentence
from wanglou.domain.statement import Check, CheckKind, CheckLevel

BLANK = re.compile(r"【[^】]*】")
"""How a fact that nobody knows yet stands in a draft."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TIME = re.compile(
    r"\d{1,2}\s*[:：]\s*\d{2}|\d{1,2}\s*[点时日号]|\d{1,2}-\d{1,2}|\d+\s*(?:分钟|小时|天|个?工作日|周)内"
    r"|[今明后][天日晚早]|(?i:\bby\s+(?:\w+\s+)?\d|\bwithin\s+\d|\btomorrow\b|\btoday\b)"
)
"""What makes a promise one that can be held against a clock."""

_DATE = re.compile(r"\d{1,2}\s*月|\d{4}\s*年")
"""A day's month and year: no number that wants a source, and no time that a promise is held against."""

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")


Span = tuple[int, int]
"""Characters from … to, as in a slice."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text. ``of`` names the blanks it was made for, filled or not."""

    text: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` found fault with the characters from ``start`` to ``end`` of line ``line`` (from 0)."""

    check: Check
    line: int
    start: int
    end: int


def lines_of(sentences: Iterable[Sentence], language: str, zone: tzinfo) -> list[Line]:
    """A draft as lines to look at, a sentence a line."""
    return [Line(s.text(language, zone), (*s.blanks, *s.filled)) for s in sentences]


def review(lines: Sequence[Line], checks: Iterable[Check], known: str) -> list[Finding]:
    """All findings, in the order of the text. ``known``: what is on record with its source, for numbers."""
    found = [
        Finding(check, place, start, end)
        for check in checks
        for place, line in enumerate(lines)
        if not check.spares & set(line.of)
        for start, end in _LOOKS[check.kind](check, line, known)
    ]
    return sorted(_apart(found), key=lambda f: (f.line, f.start, f.check.id))


def refusing(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stand against recording an approval."""
    return [f for f in findings if f.check.level is CheckLevel.REFUSE]


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """Each check once a place: of two spans that overlap the longer is kept."""
    kept: list[Finding] = []
    for one in sorted(findings, key=lambda f: (f.start - f.end, f.line, f.start, f.check.id)):
        if not any(_same_place(one, other) for other in kept):
            kept.append(one)
    return kept


def _same_place(one: Finding, other: Finding) -> bool:
    overlap = one.start < other.end and other.start < one.end
    return overlap and (one.line, one.check.id) == (other.line, other.check.id)


def _words(check: Check, line: Line, known: str) -> Iterator[Span]:
    del known
    for word in check.words:
        yield from (m.span() for m in re.finditer(re.escape(word), line.text, re.IGNORECASE))
    for pattern in check.patterns:
        yield from (m.span() for m in re.finditer(pattern, line.text))


def _promises(check: Check, line: Line, known: str) -> Iterator[Span]:
    """Promising words in sentences that name no time."""
    for start, end in _words(check, line, known):
        sentence = next((m for m in _SENTENCE.finditer(line.text) if m.start() <= start < m.end()), None)
        if sentence is not None and not _TIME.search(sentence.group()):
            yield start, end


def _numbers(check: Check, line: Line, known: str) -> Iterator[Span]:
    """Numbers that are no time and not on record."""
    del check
    if not set(line.of) & _OWN_WORDS:
        return
    recorded = set(_NUMBER.findall(known))
    times = [m.span() for dated in (_TIME, _DATE) for m in dated.finditer(line.text)]
    for number in _NUMBER.finditer(line.text):
        is_time = any(start <= number.start() < end for start, end in times)
        if not is_time and number.group() not in recorded:
            yield number.span()


def _blanks(check: Check, line: Line, known: str) -> Iterator[Span]:
    del check, known
    return (m.span() for m in BLANK.finditer(line.text))


_OWN_WORDS = frozenset({"about", "doing", "open"})
"""Blanks whose numbers must be on record elsewhere; what is known has a source of its own."""

_LOOKS: Mapping[CheckKind, Callable[[Check, Line, str], Iterator[Span]]] = {
    CheckKind.WORDS: _words,
    CheckKind.PROMISE: _promises,
    CheckKind.NUMBER: _numbers,
    CheckKind.BLANK: _blanks,
}
