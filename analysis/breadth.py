"""Which names and conditions are so wide that a brand would be told of everything."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from analysis.names import folded_name, is_short_latin
from analysis.text import is_han
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.watch import AllOf, AnyOf, From, Inside, Not, Origin, Watch, Words

COMMON_NAME = 1.0
"""Times in a million words of ordinary Chinese from which a name is a word that people use anyway."""

COMMON_CONDITION = 50.0
"""The same for a condition beside such a name: 服务 (217), 价格 (196) and 质量 (133) tell nothing apart."""

Often = Callable[[str], float]
"""How often a word stands in a million words of ordinary Chinese; 0 where it is no word."""


class Breadth(StrEnum):
    """Why a name or a condition catches too much."""

    ONE_CHARACTER = "one_character"
    COMMON_WORD = "common_word"
    ANY_CASE = "any_case"
    COMMON_CONDITION = "common_condition"
    COMMON_COMPETITOR = "common_competitor"


@dataclass(frozen=True, slots=True)
class Wide:
    """A name or word of a client's file that is too wide, and how often it stands in a million words."""

    client: str
    brand: str
    text: str
    breadth: Breadth
    often: float


def wide_watches(clients: Iterable[Client], often: Often) -> list[Wide]:
    """Every name and condition that is too wide, in the order of the files, each once."""
    found = [
        Wide(client.id, brand, text, breadth, often(folded_name(text)))
        for client in clients
        for brand, text, breadth in _of_client(client, often)
    ]
    return list(dict.fromkeys(found))


def _of_client(client: Client, often: Often) -> Iterator[tuple[str, str, Breadth]]:
    for brand in client.brands:
        yield from ((brand.name, text, breadth) for text, breadth in _of_brand(brand, often))
    for rival in client.competitors:
        for alias in _names_of(rival):
            breadth = _of_name(alias, often)
            if breadth:
                is_word = breadth is Breadth.COMMON_WORD
                yield rival.name, alias.text, Breadth.COMMON_COMPETITOR if is_word else breadth


def _names_of(brand: Brand) -> tuple[Alias, ...]:
    own = Alias(brand.name, exact_case=is_short_latin(brand.name))
    return brand.aliases if any(a.text == own.text for a in brand.aliases) else (*brand.aliases, own)


def _of_brand(brand: Brand, often: Often) -> Iterator[tuple[str, Breadth]]:
    names = _names_of(brand)
    wide = [(alias.text, breadth) for alias in names if (breadth := _of_name(alias, often))]
    asked = _asked(brand.watch, {folded_name(alias.text) for alias in names}) if brand.watch else ()
    if not asked:
        yield from wide
    elif wide:
        alone = (word for part in asked for word in _alternatives(part)) if len(asked) == 1 else ()
        for word in alone:
            if often(folded_name(word)) >= COMMON_CONDITION:
                yield word, Breadth.COMMON_CONDITION


def _of_name(alias: Alias, often: Often) -> Breadth | None:
    name = folded_name(alias.text)
    if len(name) == 1 and is_han(name):
        return Breadth.ONE_CHARACTER
    if often(name) >= COMMON_NAME:
        return Breadth.COMMON_WORD
    is_word = is_short_latin(name) and name.isalpha()
    return Breadth.ANY_CASE if is_word and not alias.exact_case else None


def _asked(watch: Watch, names: Collection[str]) -> tuple[Watch, ...]:
    """What a text must hold besides a name; leaving things out, or a class of sources, narrows little."""
    match watch:
        case Not() | From(Origin.CLASS):
            return ()
        case Words(text):
            return () if folded_name(text) in names else (watch,)
        case AllOf(parts):
            return tuple(one for part in parts for one in _asked(part, names))
        case AnyOf(parts):
            return (watch,) if all(_asked(part, names) for part in parts) else ()
        case Inside(_, below):
            return (watch,) if _asked(below, names) else ()
        case _:
            return (watch,)


def _alternatives(watch: Watch) -> Iterator[str]:
    """Words of which any one is enough."""
    match watch:
        case Words(text):
            yield text
        case AnyOf(parts):
            for part in parts:
                yield from _alternatives(part)
        case Inside(_, below):
            yield from _alternatives(below)
        case _:
            return
