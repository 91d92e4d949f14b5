"""What must hold beside a brand's name before a text counts for it: a watch, as a tree of conditions."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, Union


class WatchField(StrEnum):
    """A part of an item that a condition may be held to."""

    TITLE = "title"
    TEXT = "text"
    AUTHOR = "author"


class Origin(StrEnum):
    """What a condition on the source looks at."""

    SOURCE = "source"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Words:
    """These words stand in the text, one after the other."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Some of ``left`` and some of ``right``, at most ``characters`` between them, in either order."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    characters: int


@dataclass(frozen=True, slots=True)
class From:
    """The item comes from this source, or from a source of this class."""

    origin: Origin
    value: str


@dataclass(frozen=True, slots=True)
class Inside:
    """The condition holds of one part of the item taken alone."""

    field: WatchField
    watch: "Watch"


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    watch: "Watch"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of the conditions holds."""

    watches: tuple["Watch", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions holds."""

    watches: tuple["Watch", ...]


Watch: TypeAlias = Union[Words, Near, From, Inside, Not, AllOf, AnyOf]  # noqa: UP007 -- refers to itself


def words_of(watch: Watch) -> tuple[str, ...]:
    """Every word that a text must be searched for, in the order written, each once."""
    match watch:
        case Words(text):
            return (text,)
        case Near(left, right):
            return tuple(dict.fromkeys(left + right))
        case From():
            return ()
        case Inside(_, below) | Not(below):
            return words_of(below)
        case AllOf(parts) | AnyOf(parts):
            return tuple(dict.fromkeys(word for part in parts for word in words_of(part)))


def origins_of(watch: Watch) -> tuple[From, ...]:
    """Every condition on the source, in the order written."""
    match watch:
        case From():
            return (watch,)
        case Inside(_, below) | Not(below):
            return origins_of(below)
        case AllOf(parts) | AnyOf(parts):
            return tuple(one for part in parts for one in origins_of(part))
        case _:
            return ()


MISLEADS = re.compile(
    r"^[!']|[、。]|(?<![0-9])[,;]|[,;](?![0-9])|(?<=[\u3400-\u9fff])[/+](?=[\u3400-\u9fff])"
    r"|(?<![A-Za-z])(?:AND|OR|NOT|NEAR/?[0-9]*)(?![A-Za-z])"
)
"""What in a word without quotes was hardly meant as part of it: 安屿、门锁 or 门锁OR智能锁."""

_PLAIN = re.compile(r'[^\s()（）"“”「」『』&|-][^\s()（）"“”「」『』&|]*')
_SIGN = re.compile(
    r"(?i:and|or|not|near/\d+)|[与且或非]|(?i:title|text|author|source|class|标题|正文|作者|信源|类别)[:：].*"
)
"""What would be read as an operator or a field if it stood without quotes."""


def written(watch: Watch) -> str:  # noqa: PLR0911 -- one return a form of watch
    """The watch as a person writes it in the client's file; reading it again gives the same watch."""
    match watch:
        case Words(text):
            return _word(text)
        case Near(left, right, characters):
            return f"{_either(left)} NEAR/{characters} {_either(right)}"
        case From(origin, value):
            return f"{origin}:{_word(value)}"
        case Inside(field, below):
            return f"{field}:{_one(below)}"
        case Not(below):
            return f"NOT {_part(below)}"
        case AllOf(parts):
            return " AND ".join(map(_part, parts))
        case AnyOf(parts):
            return " OR ".join(f"({written(p)})" if isinstance(p, AnyOf) else written(p) for p in parts)


def _word(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and not _SIGN.fullmatch(text) and not MISLEADS.search(text)
    return text if is_plain else f'"{text}"'


def _either(words: tuple[str, ...]) -> str:
    return _word(words[0]) if len(words) == 1 else f"({' OR '.join(map(_word, words))})"


def _part(watch: Watch) -> str:
    return f"({written(watch)})" if isinstance(watch, AllOf | AnyOf) else written(watch)


def _one(watch: Watch) -> str:
    return written(watch) if isinstance(watch, Words | Inside) else f"({written(watch)})"
