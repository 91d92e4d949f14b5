"""Strangers' words made safe to show: links that stay links, texts cut and marked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what follows."""

_MARKED_WORDS = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text. ``mark``: ``brand``, ``word`` (speaks for the reading), ``found`` or empty."""

    text: str
    mark: str = ""


def safe_url(url: str) -> str | None:
    """The address if it is plain http or https with a host, else None: then it is shown as text."""
    cleaned = url.strip()
    if any(ord(c) <= ord(" ") or c == "\\" for c in cleaned):
        return None
    try:
        parts = urlsplit(cleaned)
    except ValueError:
        return None
    return cleaned if parts.scheme in {"http", "https"} and parts.hostname else None


def cleaned(text: str) -> str:
    """``text`` of the same length, control and direction characters replaced by blanks."""
    return _CONTROL.sub(" ", text)


def marked(
    text: str,
    brand: Iterable[tuple[int, int]],
    words: Sequence[str],
    places: Iterable[tuple[int, int]] = (),
    found: Iterable[tuple[int, int]] = (),
) -> list[Passage]:
    """Cut ``text`` where marks begin and end: every place of ``words``, ``places``, the brand, ``found``.

    Of marks that overlap the last named wins; offsets outside are cut.
    """
    kinds = [""] * len(text)
    _mark(kinds, places, "word")
    for word in words[:_MARKED_WORDS]:
        _mark(kinds, (m.span() for m in re.finditer(re.escape(word), text) if word), "word")
    _mark(kinds, brand, "brand")
    _mark(kinds, found, "found")
    return _runs(cleaned(text), kinds)


def _mark(kinds: list[str], spans: Iterable[tuple[int, int]], kind: str) -> None:
    for start, end in spans:
        inside = slice(max(start, 0), max(min(end, len(kinds)), 0))
        kinds[inside] = [kind] * len(kinds[inside])


def cut(passages: Sequence[Passage], start: int, end: int) -> list[Passage]:
    """The passages of the characters from ``start`` up to ``end``."""
    kept, at = [], 0
    for p in passages:
        piece = p.text[max(start - at, 0) : max(end - at, 0)]
        if piece:
            kept.append(Passage(piece, p.mark))
        at += len(p.text)
    return kept


def excerpt(passages: Sequence[Passage], length: int = 220, lead: int = 40) -> list[Passage]:
    """About ``length`` characters around the first mark; an ellipsis says where something was left away."""
    total = sum(len(p.text) for p in passages)
    if total <= length:
        return list(passages)
    start = min(max(_first_mark(passages) - lead, 0), total - length)
    head = [Passage("…")] if start else []
    tail = [Passage("…")] if start + length < total else []
    return [*head, *cut(passages, start, start + length), *tail]


def _first_mark(passages: Sequence[Passage]) -> int:
    at = 0
    for p in passages:
        if p.mark:
            return at
        at += len(p.text)
    return 0


def _runs(text: str, kinds: Sequence[str]) -> list[Passage]:
    runs, start = [], 0
    for i in range(1, len(text) + 1):
        if i == len(text) or kinds[i] != kinds[start]:
            runs.append(Passage(text[start:i], kinds[start]))
            start = i
    return runs
