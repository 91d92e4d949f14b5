"""Sentences in Chinese and English: codes and numbers in, words out.

Each ``*.toml`` beside this file holds one subject. A table per code: ``zh`` and ``en`` with blanks in
``str.format`` style, filled from a reason's facts.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Formatter

from wanglou.domain.reason import Reason, Value

LANGUAGES = ("zh", "en")
"""What people can choose; the first is the default."""


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


def say(reason: Reason, language: str = "zh") -> str:
    """Render a reason. Large numbers get separators, shares per cent signs where the sentence asks.

    Raises UnknownWordingError for a code, language or blank that does not exist.
    """
    sentence = catalogue().get(reason.code, {}).get(language)
    if sentence is None:
        raise UnknownWordingError(f"no {language} sentence for {reason.code!r} in wanglou/wording")
    try:
        return sentence.format_map({k: _plain(v) for k, v in reason.facts.items()})
    except (KeyError, ValueError) as error:
        raise UnknownWordingError(f"{reason.code!r} in {language} cannot be filled: {error}") from error


def blanks(sentence: str) -> frozenset[str]:
    """The names a sentence needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def _plain(value: Value) -> Value:
    """Whole floats read as integers, so that ``{n:,}`` never prints a tail of zero."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
