"""The language in which a watch is written: ``安屿 AND (门锁 OR 智能锁) NOT 安屿湾``; the only home of lark.

A watch is read into its conditions and nothing more; whether they hold is the analysis' business.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from wanglou.domain.source import SourceClass
from wanglou.domain.watch import (
    MISLEADS,
    AllOf,
    AnyOf,
    From,
    Inside,
    Near,
    Not,
    Origin,
    Watch,
    WatchField,
    Words,
)

LONGEST = 500
"""Characters of a watch: more than anyone can still read, and a bound on how deep it nests."""

_GRAMMAR = r"""
start: any
any: all (OR all)*
all: part (AND part | denied)*
?part: near | denied
denied: NOT part
near: one [NEAR one]
?one: words | "(" any ")" | inside
inside: FIELD one
words: WORD | PHRASE

AND.3: /(?:(?i:AND)|与|且)(?=[\s()"“”「『]|$)|&&?/
OR.3: /(?:(?i:OR)|或)(?=[\s()"“”「『]|$)|\|\|?/
NEAR.3: /(?i:NEAR)\/\d{1,3}(?=[\s()"“”「『]|$)/
NOT.3: /(?:(?i:NOT)|非)(?=[\s()"“”「『]|$)|-(?=\S)/
FIELD.2: /(?i:title|text|author|source|class|标题|正文|作者|信源|类别):/
PHRASE: STRAIGHT | CURLED | CORNERED | DOUBLE_CORNERED
STRAIGHT: /"[^"“”]*[^"“”\s][^"“”]*"/
CURLED: /“[^"“”]*[^"“”\s][^"“”]*”/
CORNERED: /「[^「」]*[^「」\s][^「」]*」/
DOUBLE_CORNERED: /『[^『』]*[^『』\s][^『』]*』/
WORD.1: /[^\s()"“”「」『』&|-](?:[^\s()"“”「」『』&|]|(?<=[A-Za-z0-9])&(?=[A-Za-z0-9]))*/
%ignore /\s+/
"""

_FIELDS: Mapping[str, WatchField | Origin] = {
    "title": WatchField.TITLE,
    "标题": WatchField.TITLE,
    "text": WatchField.TEXT,
    "正文": WatchField.TEXT,
    "author": WatchField.AUTHOR,
    "作者": WatchField.AUTHOR,
    "source": Origin.SOURCE,
    "信源": Origin.SOURCE,
    "class": Origin.CLASS,
    "类别": Origin.CLASS,
}

_CLASSES: Mapping[str, SourceClass] = {
    "新闻": SourceClass.NEWS,
    "社交": SourceClass.SOCIAL,
    "论坛": SourceClass.FORUM,
    "视频": SourceClass.VIDEO,
    "热榜": SourceClass.BOARD,
    "点评": SourceClass.REVIEW,
}

_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_QUOTES = '"“”「」『』'


class WatchError(ValueError):
    """A watch that cannot be read; the sentence names the place, what stands there and what to write."""


def parse_watch(text: str) -> Watch:
    """The conditions of a watch. Raises WatchError."""
    if len(text) > LONGEST:
        says = f"is {len(text)} characters long; write at most {LONGEST}, or use several brands"
        raise WatchError(says)
    text = _plain(text)
    try:
        watch: Watch = _PARSER.parse(text)  # type: ignore[assignment]  # the transformer leaves no tree
    except UnexpectedInput as error:
        raise WatchError(_sentence(error, text)) from error
    except VisitError as error:
        raise WatchError(str(error.orig_exc)) from error
    if not _asks_for_something(watch):
        says = "only says what must not be there, which nearly every text fulfils; add what must be there"
        raise WatchError(says)
    return watch


def _plain(text: str) -> str:
    """Operators may be typed in full width; what nobody sees is left out: places count as they are seen."""
    return "".join(c for c in text.translate(_HALF_WIDTH) if unicodedata.category(c) != "Cf")


def _sentence(error: UnexpectedInput, text: str) -> str:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        found, where = str(error.token), (error.token.start_pos or 0) + 1
        return f'at character {where} found "{found}"; {_advice(error)}'
    if isinstance(error, UnexpectedCharacters):
        where = (error.pos_in_stream or 0) + 1
        found = text[where - 1]
        advice = _BEFORE_A_WORD if found == "-" else "close the quotes, with words between them"
        return f'at character {where} found "{found}"; {advice}'
    return f'ends after "{text.strip()[-10:]}"; write the word that follows, or close the parenthesis'


_BEFORE_A_WORD = "write NOT before what must not stand there"
_NEAR = "write NEAR/ and how many characters may stand between, at most 999, such as NEAR/10"


def _advice(error: UnexpectedToken) -> str:
    kind = error.token.type
    if kind == "WORD" and re.match(r"(?i)near\b|near[0-9]", error.token):
        return _NEAR
    if kind == "WORD" and error.token.startswith("!"):
        return _BEFORE_A_WORD
    if "WORD" in error.accepts or "WORD" in error.expected:
        return "a word must come first; put quotes around it if it is meant as a word"
    if kind in {"WORD", "PHRASE", "FIELD", "LPAR"}:
        return "write AND or OR before it, or quotes around words that belong together"
    if kind == "NEAR":
        return "NEAR joins two; put parentheses around each NEAR"
    return "it closes nothing; remove it or open a parenthesis before"


def _asks_for_something(watch: Watch) -> bool:
    match watch:
        case Not():
            return False
        case Inside(_, below):
            return _asks_for_something(below)
        case AllOf(parts):
            return any(map(_asks_for_something, parts))
        case AnyOf(parts):
            return all(map(_asks_for_something, parts))
        case _:
            return True


class _Conditions(Transformer[Token, Watch]):
    """Grammar to nouns, while parsing: no tree is built, so nothing recurses."""

    def start(self, parts: list[Any]) -> Watch:
        return _only(parts)

    def any(self, parts: list[Any]) -> Watch:
        watches = _without_signs(parts)
        return watches[0] if len(watches) == 1 else AnyOf(watches)

    def all(self, parts: list[Any]) -> Watch:
        watches = _without_signs(parts)
        return watches[0] if len(watches) == 1 else AllOf(watches)

    def denied(self, parts: list[Any]) -> Watch:
        watch = parts[1]
        return _only([watch.watch]) if isinstance(watch, Not) else Not(watch)

    def near(self, parts: list[Any]) -> Watch:
        left, sign, right = (*parts, None, None)[:3]
        if sign is None:
            return _only([left])
        return Near(_plain_words(left, sign), _plain_words(right, sign), int(sign.partition("/")[2]))

    def inside(self, parts: list[Any]) -> Watch:
        sign, watch = parts
        field = _FIELDS[sign[:-1].lower()]
        return Inside(field, watch) if isinstance(field, WatchField) else _from(field, watch, sign)

    def words(self, parts: list[Any]) -> Watch:
        (token,) = parts
        if token.type == "WORD" and (odd := MISLEADS.search(token)):
            raise WatchError(_misled(token, odd))
        return Words(str(token).strip(_QUOTES).strip())


def _misled(token: Token, odd: re.Match[str]) -> str:
    where, found = (token.start_pos or 0) + odd.start() + 1, odd[0]
    here = f'at character {where} found "{found}" in "{token}"'
    if found == "!":
        return f"{here}; {_BEFORE_A_WORD}"
    if found == "'":
        return f'{here}; write "…" around words that belong together'
    if not found[0].isalpha():
        return f"{here}; write AND or OR between words, or quotes around what belongs together"
    return f"{here}; put spaces around it, or quotes around the word if it is part of one"


def _only(parts: list[Any]) -> Watch:
    watch: Watch = parts[0]
    return watch


def _without_signs(parts: list[Any]) -> tuple[Watch, ...]:
    return tuple(part for part in parts if not isinstance(part, Token))


def _plain_words(watch: Watch, sign: Token) -> tuple[str, ...]:
    parts = watch.watches if isinstance(watch, AnyOf) else (watch,)
    words = tuple(part.text for part in parts if isinstance(part, Words))
    if len(words) < len(parts):
        says = (
            f'at character {(sign.start_pos or 0) + 1}: "{sign}" stands between words or (one OR other) only'
        )
        raise WatchError(says)
    return words


def _from(origin: Origin, watch: Watch, sign: Token) -> Watch:
    if not isinstance(watch, Words):
        raise WatchError(f'at character {(sign.start_pos or 0) + 1}: write one name after "{sign}"')
    if origin is Origin.SOURCE:
        return From(origin, watch.text)
    value = _CLASSES.get(watch.text, watch.text)
    if value not in set(SourceClass):
        classes = ", ".join(SourceClass)
        raise WatchError(f"found {sign}{watch.text}, no class of sources; write one of {classes}")
    return From(origin, str(value))


_PARSER = Lark(_GRAMMAR, parser="lalr", lexer="basic", transformer=_Conditions(), maybe_placeholders=False)
