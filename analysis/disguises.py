"""Names in disguise: letters of other scripts, signs between characters, markup that was left over.

What a reader would still take for the name is undone, in names and in texts alike. A sign that people also
put between words is undone only where single characters stand apart: 安·屿, not 中国·安屿.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import islice, pairwise, product
from typing import NamedTuple

import numpy as np

from analysis.text import Cleaned, fold, is_han

_HAN = "〇々\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_DOTS = "·•・‧∙⋅●"
_SYMBOLS = "\u2190-\u21ff\u2300-\u23ff\u2500-\u2bff\U0001f000-\U0001faff"
_MARKS = "\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
_OTHERS = "\u0131\u0250-\u02af\u0370-\u0482\u048a-\u052f\u1d00-\u1d22\ua730\ua731\U0001f150-\U0001f189"
"""Greek, Cyrillic, and Latin letters that no fold knows as such."""

_ENTITY = re.compile(r"(?i)&(?:amp;){0,8}(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});")
_AMPERSANDS = re.compile(r"(?i)&(?:amp;)+(?=[a-z#])")
_INLINE = re.compile(r"(?i)</?(?:a|abbr|b|em|font|i|mark|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>")

_ODD = re.compile(f"[{_OTHERS}{_MARKS}]")
"""Without one of these every letter is what it seems."""

_WORD = re.compile(f"(?<![a-z0-9])[a-z0-9]*[{_OTHERS}][a-z0-9{_OTHERS}]*")
_MARKED = re.compile(f"[{_MARKS}]+")

_MAY_GAP = re.compile(r" (?:[ a-z0-9]|(?<=[a-z0-9] ))")
"""Something of this is where a space is left out; in most texts none is."""

_GAP = re.compile(r" +")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")

_STARS = re.compile(f"(?<=[{_HAN}])\\*{{1,3}}(?=[{_HAN}])")
_HYPHENS = "‐–-"
_APOSTROPHES = "'’‘ʼ`"
_DOT, _APOSTROPHE, _BETWEEN_WORDS = "·", "'", " "
_JOINT = re.compile(f"(?<=[{_HAN}])[{_DOTS}](?=[{_HAN}])|(?<=[a-z])[{_APOSTROPHES}{_HYPHENS}](?=[a-z])")
_MAY_JOIN = re.compile(f"[{_DOTS}{_APOSTROPHES}{_HYPHENS}]")
_ALIKE = {
    **dict.fromkeys(_DOTS, _DOT),
    **dict.fromkeys(_APOSTROPHES, _APOSTROPHE),
    **dict.fromkeys(_HYPHENS, _BETWEEN_WORDS),
}
_JOINT_OF_NAMES = re.compile(f"(?<=[{_HAN}])[ {_DOT}](?=[{_HAN}])")
_MOST_SPELLINGS = 500
_MAY_BE_APART = re.compile(f"[ _~^|.{_DOTS}{_SYMBOLS}-][{_HAN}](?![{_HAN}])")
"""A character alone behind a sign: there is one in whatever stands apart."""

_APART = re.compile(f"[{_HAN}](?:(?: ?(?:[_~^|{_DOTS}{_SYMBOLS}-]{{1,3}}|\\.) ?| )[{_HAN}])+")
_SIGNS = re.compile(f"[^{_HAN}]+")

_GREEK = dict(zip("αβεζηικμνορτυχγ", "abezhikmvoptuxy", strict=True))
_CYRILLIC = dict(zip("авекмнорстухіѕјһԁԛԝѵ", "abekmhopctyxisjhdqwv", strict=True))
_SMALL = dict(zip("ɑıɡᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "aigabcdefghijklmnoprstuvwyz", strict=True))
_BADGES = {chr(first + n): chr(ord("a") + n) for first in (0x1F150, 0x1F170) for n in range(26)}
"""Letters on a black disc or square: 🅐, 🅰."""

_FOREIGN = {**_GREEK, **_CYRILLIC}
"""Letters that other people's words are made of."""

_LIKE = {**_FOREIGN, **_SMALL, **_BADGES}
_LIKES = str.maketrans(_LIKE)
_CAPITALS = {low.upper(): latin.upper() for low, latin in _FOREIGN.items()}
_LIKES_OF_ANY_CASE = str.maketrans(
    {**_LIKE, **_CAPITALS, **{badge: latin.upper() for badge, latin in _BADGES.items()}}
)


class _Edit(NamedTuple):
    """``new`` stands for the characters ``start`` … ``end``."""

    start: int
    end: int
    new: str


def undisguised(text: str) -> str:
    """A folded text as names are looked for in it."""
    for may_find, look in _LOOKS:
        if may_find(text):
            edits = look(text)
            text = _edited(text, edits) if edits else text
    return text


def undisguised_traced(traced: Cleaned) -> Cleaned:
    """``undisguised`` with the way back."""
    for may_find, look in _LOOKS:
        if may_find(traced.text):
            edits = look(traced.text)
            traced = _edited_traced(traced, edits) if edits else traced
    return traced


def joints_alike(text: str) -> str:
    """An undisguised text, as long as before: inside names one dot, one apostrophe, a space for a hyphen.

    Addresses are to be looked for before: they hold hyphens and no spaces.
    """
    return _JOINT.sub(lambda match: _ALIKE[match[0]], text) if _MAY_JOIN.search(text) else text


def spellings(name: str) -> list[str]:
    """A folded name and how else it is written, itself first; none where nothing of it can be seen.

    Between Chinese words stands a dot, a space or nothing.
    """
    if not name:
        return []
    joints = list(_JOINT_OF_NAMES.finditer(name))
    parts = [name[a:b] for a, b in pairwise([0, *(end for m in joints for end in m.span()), len(name)])][::2]
    ways = product(*(dict.fromkeys([m[0], "", " ", _DOT]) for m in joints))
    return [
        "".join([parts[0], *(joint + part for joint, part in zip(way, parts[1:], strict=True))])
        for way in islice(ways, _MOST_SPELLINGS)
    ]


def letters_meant(text: str) -> str:
    """The Latin letters that a reader sees, with their case; everything else goes."""
    if "&" in text or "<" in text:
        text = _INLINE.sub("", _ENTITY.sub(lambda match: _unescaped(match[0]), text))
    plain = unicodedata.normalize("NFKD", text.translate(_LIKES_OF_ANY_CASE))
    return "".join(c for c in plain if c.isascii() and c.isalpha())


def _left_over(text: str) -> list[_Edit]:
    """Entities, and tags that break no line; an entity inside a tag goes with it."""
    found = [_Edit(*m.span(), "") for m in _INLINE.finditer(text)]
    found += [_Edit(*m.span(), fold(_unescaped(m[0]))) for m in _ENTITY.finditer(text)]
    kept: list[_Edit] = []
    for edit in sorted(found):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def _unescaped(entity: str) -> str:
    return html.unescape(_AMPERSANDS.sub("&", entity))


def _letters(text: str) -> list[_Edit]:
    """Letters that look like Latin ones, and marks that are put over letters."""
    is_chinese = any(map(is_han, text))
    words = [m for m in _WORD.finditer(text) if _is_disguised(m[0], is_chinese=is_chinese)]
    found = [_Edit(*m.span(), m[0].translate(_LIKES)) for m in words]
    found += [_Edit(*m.span(), "") for m in _MARKED.finditer(text)]
    return sorted(found)


def _is_disguised(word: str, *, is_chinese: bool) -> bool:
    """Whether every letter looks Latin; a word of another script alone is disguised in Chinese texts only."""
    letters = [c for c in word if not c.isdigit()]
    looks_latin = all(c.isascii() or c in _LIKE for c in letters)
    return looks_latin and (is_chinese or any(c not in _FOREIGN for c in letters))


def _spaces(text: str) -> list[_Edit]:
    """Those between Latin and Han, of others all but the last."""
    if not _MAY_GAP.search(text):
        return []
    spans = [match.span() for match in _GAP.finditer(text)]
    gaps = [(a, b if _is_gap(text, a, b) else b - 1) for a, b in spans]
    return [_Edit(a, b, "") for a, b in gaps if a < b]


def _is_gap(text: str, start: int, end: int) -> bool:
    """Whether the spaces ``start`` … ``end`` stand between a Latin letter or digit and a Han character."""
    if start == 0 or end == len(text):
        return False
    before, after = text[start - 1], text[end]
    return (before in _LATIN and is_han(after)) or (after in _LATIN and is_han(before))


def _stars(text: str) -> list[_Edit]:
    """Between two characters hardly anything but a disguise: 安*屿."""
    return [_Edit(*m.span(), "") for m in _STARS.finditer(text)]


def _spelt_out(text: str) -> list[_Edit]:
    """Signs between characters that stand alone: of two if no other touches them, of more in any case."""
    found = []
    for run in _APART.finditer(text):
        start, end = run.span()
        signs = [_Edit(start + m.start(), start + m.end(), "") for m in _SIGNS.finditer(run[0])]
        if len(signs) > 1 or not (_is_han_at(text, start - 1) or _is_han_at(text, end)):
            found += signs
    return found


def _is_han_at(text: str, place: int) -> bool:
    return 0 <= place < len(text) and is_han(text[place])


def _may_be_left_over(text: str) -> bool:
    return "&" in text or "<" in text


def _has_space(text: str) -> bool:
    return " " in text


def _has_star(text: str) -> bool:
    return "*" in text


_LOOKS: tuple[tuple[Callable[[str], object], Callable[[str], list[_Edit]]], ...] = (
    (_may_be_left_over, _left_over),
    (_ODD.search, _letters),
    (_has_space, _spaces),
    (_has_star, _stars),
    (_MAY_BE_APART.search, _spelt_out),
)
"""Whether it is worth looking, and what is to be undone; in most texts nothing is."""


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    done = 0
    pieces = []
    for start, end, new in edits:
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def _edited_traced(traced: Cleaned, edits: Sequence[_Edit]) -> Cleaned:
    """Each new character leads back to what it stands for, one by one where as many were there."""
    text, ways = _edited(traced.text, edits), traced.offsets
    if not any(new for _, _, new in edits):
        keep = np.ones(len(traced.text), dtype=bool)
        for start, end, _ in edits:
            keep[start:end] = False
        return Cleaned(text, ways[keep])
    kept = []
    done = 0
    for start, end, new in edits:
        whole = np.array([[ways[start, 0], ways[end - 1, 1]]] * len(new), dtype=np.int32).reshape(-1, 2)
        kept += [ways[done:start], ways[start:end] if len(new) == end - start else whole]
        done = end
    return Cleaned(text, np.concatenate([*kept, ways[done:]]))
