"""Why something happened: a code and its numbers, so that any language can say it later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Value = str | int | float | bool
"""What a reason may carry: plain values only, so that it survives JSON unchanged."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence not yet said: ``code`` names it in ``wanglou/wording``, ``facts`` fill its blanks."""

    code: str
    facts: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


def named(fact: str, id_: str, words: Mapping[str, str]) -> Mapping[str, Value]:
    """Facts that hold an id and its name in each language: the blank ``{fact}`` says the reader's.

    Without a name the blank says the id. ``named("rule", "burst", {"zh": "突增"})`` is
    ``{"rule": "burst", "rule_zh": "突增"}``.
    """
    return {fact: id_, **{f"{fact}_{language}": word for language, word in words.items()}}
