"""Groups copies of a text: a copy adds reach, not a voice.

Fingerprints are what storage remembers: one of the words exactly, and ``BANDS`` of MinHash bands (Broder
1997) for texts long enough to be alike by more than chance. Texts that share a fingerprint are candidates;
whether they are copies is decided by the sketch of the group's first text, which the group's name carries.
So a group never drifts: each copy is like the first, not merely like the last.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

import numpy as np

from analysis.ngrams import Numbers, code_points, grams, mix
from analysis.text import clean_text

MEMORY = timedelta(days=3)
"""How long a text is waited for to be copied; the same words later are said anew."""

BANDS = 10
ROWS = 4
"""A candidate shares one band of this many minima: found for 99 in 100 at a likeness of 0.8."""

SKETCH_BITS = 128
ALIKE = 0.62
"""Likeness (share of common character pairs) from which a text is a copy; measured, see docs/reading.md."""

NEAR_COPY_LENGTH = 12
"""Shorter texts are copies only if all their words agree: two short complaints are alike by chance."""

EXACT_COPY_LENGTH = 8
"""Shorter texts are never copies: many people say 太差了 with no one else in mind."""

_LONGEST = 5_000
"""Characters looked at; an article that agrees so far is a copy."""

_FORWARDED = re.compile(r"^(?:\W*(?:转发微博|转发|转自|快转|扩散|repost|rt)(?=\W))+")
_NOT_WORDS = re.compile(r"\[\w{1,8}\]|[\W_]+")
_SEEDS: Numbers = mix(np.arange(1, SKETCH_BITS + 1, dtype=np.uint32) * np.uint32(0x9E3779B1)) | np.uint32(1)


def fingerprints(text: str) -> tuple[str, ...]:
    """What a text (title + newline + text, as the source gave it) is remembered by, the exact one first.

    Script, width, case, punctuation, emoji, addresses, @names and a leading 转发 make no difference. Empty
    for texts too short to be copies.
    """
    words = _words(text)
    if len(words) < EXACT_COPY_LENGTH:
        return ()
    minima = _minima(words)
    exact = f"{_digest(words.encode())}.{_sketch(minima)}"
    return (exact, *_bands(minima)) if len(words) >= NEAR_COPY_LENGTH else (exact,)


def assign(items: Mapping[str, tuple[str, ...]], known: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """Item key → (group, whether the item speaks with a voice of its own).

    ``items``: key → fingerprints, first seen first: of a group the first is the voice. ``known``:
    fingerprint → group, of what was seen before. An item fed again finds the group it founded and stays
    its voice. The caller remembers each item's fingerprints under its group.
    """
    groups = dict(known)
    placed: dict[str, tuple[str, bool]] = {}
    for key, prints in items.items():
        group = _group_of(prints, groups) or _founded(key, prints)
        for fingerprint in prints:
            groups.setdefault(fingerprint, group)
        placed[key] = (group, group.startswith(_founder(key)))
    return placed


def _words(text: str) -> str:
    """Letters, digits and Han alone, a title that the text repeats left out."""
    title, _, body = text.partition("\n")
    head, rest = (_NOT_WORDS.sub("", _FORWARDED.sub("", clean_text(part))) for part in (title, body))
    return (rest if rest.startswith(head) else head + rest)[:_LONGEST]


def _minima(words: str) -> Numbers:
    """The smallest hash of the text's character pairs under each of SKETCH_BITS hash functions."""
    pairs = np.unique(grams(code_points([words])[1:-1], 2)[:-1])
    return np.asarray(mix(pairs[:, None] * _SEEDS).min(axis=0), dtype=np.uint32)


def _bands(minima: Numbers) -> Iterable[str]:
    for number in range(BANDS):
        band = minima[number * ROWS : (number + 1) * ROWS]
        yield f"{number}:{_digest(band.astype('<u4').tobytes())}"


def _sketch(minima: Numbers) -> str:
    """One bit of each minimum (b-bit MinHash, Li and König 2010)."""
    return np.packbits((minima & 1).astype(np.uint8)).tobytes().hex()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _founder(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def _founded(key: str, prints: tuple[str, ...]) -> str:
    """The name of a group that ``key`` begins: founder and sketch."""
    return f"{_founder(key)}.{sketch_of(prints[0])}" if prints else _founder(key)


def sketch_of(name: str) -> str:
    """The sketch of the text that began a group, by the group's name; empty where the text was too short.

    The founder before it differs by brand, the sketch does not. Takes an exact fingerprint as well.
    """
    return name.partition(".")[2]


def _group_of(prints: tuple[str, ...], groups: Mapping[str, str]) -> str | None:
    """The group of the same words; else, of the groups that share a band, the most alike if alike enough."""
    if not prints:
        return None
    if prints[0] in groups:
        return groups[prints[0]]
    found = {groups[p]: None for p in prints[1:] if p in groups}
    alike = {group: _likeness(sketch_of(prints[0]), sketch_of(group)) for group in found}
    best = max(alike, key=alike.__getitem__, default=None)
    return best if best is not None and alike[best] >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    """The Jaccard likeness two sketches speak for; 0 where one of them is missing."""
    if not one or not other:
        return 0.0
    agreeing = SKETCH_BITS - (int(one, 16) ^ int(other, 16)).bit_count()
    return 2 * agreeing / SKETCH_BITS - 1
